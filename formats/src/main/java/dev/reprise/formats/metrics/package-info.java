/** Metrics of a training: a table for people and scripts, and event files for TensorBoard. */
package dev.reprise.formats.metrics;
