/**
 * Text to tree: the grammar's driver, recovery after mistakes, and the tree as sealed records.
 *
 * <pre>
 *   text -> ScriptTokens -> generated parser -> TreeBuilder -> Script
 *                             |    SyntaxRecovery: one message per broken statement,
 *                             +--> then on to the next statement
 * </pre>
 */
package dev.reprise.language.syntax;
