/** Cumulative probabilities of distributions and their inverses. */
package dev.reprise.runtime.cpu.distribution;
