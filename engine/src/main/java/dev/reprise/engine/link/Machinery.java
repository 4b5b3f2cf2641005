package dev.reprise.engine.link;

import dev.reprise.engine.access.Checkpoints;
import dev.reprise.engine.access.FileAccess;
import dev.reprise.engine.fusion.Fusion;
import dev.reprise.engine.level.LevelReuse;
import dev.reprise.engine.pipeline.Pipeline;

/**
 * What linked programs execute with.
 *
 * @param levels finds calls and blocks as wholes; null when nobody does
 */
public record Machinery(
    Pipeline pipeline,
    Fusion fusion,
    LevelReuse levels,
    FileAccess files,
    Checkpoints checkpoints) {}
