/**
 * The {@code reprise} command.
 *
 * <pre>
 *  Main -> Command (table) -> one picocli command class -> Settings + ScriptSource -> engine
 *    |                                                                                 |
 *    +-- Failures: exception -> text for a person, exit code  &lt;-------------------------+
 * </pre>
 *
 * <p>Only the class of the command that was asked for is loaded, since a one-line script should
 * start in a quarter of a second.
 */
package dev.reprise.cli;
