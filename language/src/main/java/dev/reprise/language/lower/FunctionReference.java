package dev.reprise.language.lower;

import dev.reprise.language.syntax.Function;

/**
 * A function together with the file that it lives in.
 *
 * @param name the name under which the program lists it
 */
record FunctionReference(String name, Unit unit, Function function) {}
