/**
 * From a script's text to a program that the engine runs.
 *
 * <pre>
 *   SourceFile --syntax--> tree --check--> tree --lower--> Program (package .program)
 *        \                   |               |
 *         +---- Diagnostics: what is wrong, where, and what to try ---> DiagnosticPrinter
 * </pre>
 *
 * <p>{@link dev.reprise.language.Compiler} is the door. All mistakes of all files are reported in
 * one run; a program comes out only when there are none. Library functions are compiled when first
 * called.
 *
 * <p>Start-up counts here: a one-line script must not pay for machinery that it does not use. On
 * the way that every script takes there are no switches over patterns and no hash codes of records,
 * since both are linked at run time, some milliseconds each, and no archive of classes can hold the
 * result.
 */
package dev.reprise.language;
