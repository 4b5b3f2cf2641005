/**
 * The experiment store of a team: {@code reprise serve}.
 *
 * <pre>
 *   clients --HTTP--> StoreServer --> Authority      whose token is it?            (PostgreSQL)
 *                          |-------> SpaceGraph      graph, small contents         (PostgreSQL)
 *                          |-------> SpaceContents   large contents, in pieces     (files)
 *                          '-------> Leases          who computes what             (memory)
 * </pre>
 *
 * <p>Every request is short and bounded in bytes and time, and runs in a virtual thread of its own.
 * All that concerns a tenant lies in his <i>space</i>: his rows, his folder, his salt on every key.
 */
package dev.reprise.server;
