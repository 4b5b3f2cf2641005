/**
 * Operations as a session executes them: opcode, attributes and precision, looked up once when a
 * program is linked. Immutable, but for what is learned about keeping results.
 */
package dev.reprise.engine.operation;
