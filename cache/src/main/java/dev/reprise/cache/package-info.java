/**
 * The lineage cache: who computes a value, who waits for it, what is kept, what goes first.
 *
 * <pre>
 *   probe ---> Hit        bind the value, skip the instruction
 *         ---> InFlight   bind the handle, go on
 *         ---> Claim      submit the task; it ends the claim:
 *
 *                         +-- complete --> waiters get the value --> kept | dropped
 *             Claim ------+-- fail ------> waiters get the error
 *                         +-- abandon ---> first live waiter gets a Claim; else forgotten
 *
 *   kept values: VictimQueue, ordered by a VictimRanking (LRU, DAG-height, Cost&amp;Size);
 *                the values of one call rank as one (ValueGroup);
 *                over the cache's budget, or HostMemory asks -> evict, remember the counts
 * </pre>
 *
 * <p>Entries hold keys, never lineage items, so the cache keeps no trace alive. The module knows
 * nothing of threads, tasks or scripts: a waiter is a handle and a recipe.
 */
package dev.reprise.cache;
