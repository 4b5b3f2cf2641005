/**
 * Compiled programs bound to what executes them.
 *
 * <pre>
 *   Program -- Linker: blocks to nodes -- StepLinker: instructions to steps
 *                                     \-- FusionScope: which of them may be put off
 *   Machinery: the pipeline, fusion, files... that steps are given
 * </pre>
 */
package dev.reprise.engine.link;
