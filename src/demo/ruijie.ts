/** The configuration of a Ruijie switch that peers with three Kubernetes nodes, as its user has it. */
export const RUIJIE = `configure terminal
router bgp 64513
  bgp router-id 192.168.95.200
  bgp log-neighbor-changes
  bgp graceful-restart restart-time 120
  bgp graceful-restart stalepath-time 360
  bgp graceful-restart

  # Define neighbors (the 3 Kubernetes nodes)
  neighbor 192.168.95.210 remote-as 64512
  neighbor 192.168.95.210 description k8s-master-0
  neighbor 192.168.95.211 remote-as 64512
  neighbor 192.168.95.211 description k8s-master-1
  neighbor 192.168.95.212 remote-as 64512
  neighbor 192.168.95.212 description k8s-master-2

  # CRITICAL: Enable ECMP (at router bgp level, NOT in address-family)
  maximum-paths ebgp 10

  address-family ipv4
    neighbor 192.168.95.210 activate
    neighbor 192.168.95.211 activate
    neighbor 192.168.95.212 activate
    exit-address-family
exit
write memory
`
