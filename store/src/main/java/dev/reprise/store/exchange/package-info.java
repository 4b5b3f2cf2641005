/**
 * The experiment graph on its way: between a client and a team's server, and into and out of
 * archives.
 *
 * <pre>
 *   folder --\                                   /--> folder
 *   server ---+-- GraphChange, GraphChange, ... -+--> server
 *   archive -/    (ChangeWriter, ChangeReader)   \--> archive
 * </pre>
 */
package dev.reprise.store.exchange;
