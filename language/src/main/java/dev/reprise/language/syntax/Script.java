package dev.reprise.language.syntax;

import java.util.List;

/**
 * The tree of one file.
 *
 * @param statements top-level statements in order, sources and function definitions included
 */
public record Script(List<Statement> statements) {}
