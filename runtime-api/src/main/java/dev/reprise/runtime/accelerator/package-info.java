/**
 * What the house knows of devices with memory of their own. The implementations are in {@code
 * runtime-gpu}; workers of {@code scheduler} drive them, {@code memory} keeps their budgets.
 */
package dev.reprise.runtime.accelerator;
