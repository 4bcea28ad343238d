/** Words that a row of a memory may be padded by, so that the lanes of an access meet different banks. */
export const ROW_PADDING = 3;
