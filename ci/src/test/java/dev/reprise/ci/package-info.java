/**
 * Checks of the whole house.
 *
 * <p>{@link dev.reprise.ci.ArchitectureRules} holds the rules, {@link
 * dev.reprise.ci.ArchitectureTest} applies them to the project, and {@link
 * dev.reprise.ci.ArchitectureRulesTest} to the small house in {@code violation}, where each of them
 * is broken once: a rule that cannot fail protects nothing.
 */
package dev.reprise.ci;
