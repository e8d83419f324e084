/**
 * Which paths of a prefix a neighbor with ADD-PATH is sent (RFC 7911 leaves it open): 'all' that take part in
 * the decision, 'best-per-as': the best of each neighboring AS, a number (1 to 255): so many of the best.
 */
export type PathSelection = 'all' | 'best-per-as' | number
