/**
 * The store of a team's server, as its clients see it.
 *
 * <pre>
 *   run --find, region--> RemoteStore --+
 *   run --claims--------> LeasedClaims -+-- ServerConnection --HTTP--> reprise serve
 *   RunLog's thread ----> RemoteTarget -+
 * </pre>
 *
 * <p>A server that does not answer is not asked again in that run, and a person is told once:
 * nothing in a store is needed.
 */
package dev.reprise.store.remote;
