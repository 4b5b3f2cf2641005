package dev.reprise.cli;

import java.io.PrintStream;

/**
 * Where a command writes, and who may interrupt it: results go to {@code out}, everything about the
 * run to {@code err}.
 *
 * @param out throws {@link StandardOutput.Lost} when nobody can read it any more
 */
record Console(PrintStream out, PrintStream err, Interruption interruption) {}
