package dev.reprise.engine;

/**
 * What linked programs execute with.
 *
 * @param levels finds calls and blocks as wholes; null when nobody does
 */
record Machinery(
    Pipeline pipeline,
    Fusion fusion,
    LevelReuse levels,
    FileAccess files,
    Checkpoints checkpoints) {}
