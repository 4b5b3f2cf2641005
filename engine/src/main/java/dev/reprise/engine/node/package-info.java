/**
 * Straight code and branches. {@link dev.reprise.engine.node.LinkedCode} computes a condition, a
 * bound or a default value. Stateless, for any control thread.
 */
package dev.reprise.engine.node;
