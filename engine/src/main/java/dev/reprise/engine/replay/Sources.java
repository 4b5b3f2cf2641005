package dev.reprise.engine.replay;

import dev.reprise.engine.access.Checkpoints;
import dev.reprise.engine.access.FileAccess;
import dev.reprise.engine.resource.Resources;

/**
 * What values are computed from again: what scripts have read, with all else that it takes.
 *
 * @param files brings back what was read
 * @param checkpoints brings back what was resumed
 */
public record Sources(Resources resources, FileAccess files, Checkpoints checkpoints) {}
