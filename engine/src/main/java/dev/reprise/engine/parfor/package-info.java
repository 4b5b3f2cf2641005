/**
 * Parallel loops: {@link dev.reprise.engine.parfor.ParForRun} gives iterations to workers and
 * merges what they wrote in the order of the sequential loop, values and lineage.
 */
package dev.reprise.engine.parfor;
