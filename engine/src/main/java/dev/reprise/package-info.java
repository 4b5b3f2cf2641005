/**
 * The Java API: {@link dev.reprise.Reprise#session} opens a session, which compiles scripts, runs
 * them with one lineage cache and reports what it did. Everything else is in {@code
 * dev.reprise.engine} and not for callers.
 */
package dev.reprise;
