package dev.reprise.formats.metrics;

/**
 * A script as it is written now, with what it is given.
 *
 * @param script letters and digits that stand for the script, whatever its text, with what it is
 *     given
 * @param text letters and digits that stand for its text and all of that
 */
public record ScriptVersion(String script, String text) {}
