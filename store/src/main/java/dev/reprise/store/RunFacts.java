package dev.reprise.store;

/**
 * What is known of an execution when it begins.
 *
 * @param user who started it
 * @param host where
 * @param script path or first words of the program
 * @param arguments as {@link RunArguments} writes them
 * @param version of Reprise
 * @param startedMillis since 1970
 */
public record RunFacts(
    String user,
    String host,
    String script,
    String arguments,
    String version,
    long startedMillis) {}
