package dev.reprise.language.program;

import dev.reprise.language.Position;

/**
 * One change that the optimiser made.
 *
 * @param name the rewrite's name, as {@code docs/rewrites.md} lists it
 * @param position of the instruction that was changed
 * @param before what stood there
 * @param after what replaced it
 * @param withSizes true when the engine decides about it with the operands' shapes at hand
 */
public record Rewrite(
    String name, Position position, String before, String after, boolean withSizes) {}
