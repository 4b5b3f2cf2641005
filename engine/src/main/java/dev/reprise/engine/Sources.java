package dev.reprise.engine;

/**
 * What values are computed from again: what scripts have read, with all else that it takes.
 *
 * @param files brings back what was read
 * @param checkpoints brings back what was resumed
 */
record Sources(Resources resources, FileAccess files, Checkpoints checkpoints) {}
