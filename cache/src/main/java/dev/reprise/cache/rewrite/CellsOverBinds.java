package dev.reprise.cache.rewrite;

import dev.reprise.runtime.Shape;
import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * Cell by cell over matrices that were bound at the same places.
 *
 * <pre>
 *   cbind(X1, X2) * cbind(Y1, Y2)  ->  cbind(X1 * Y1, X2 * Y2)
 *   cbind(X1, X2) * s              ->  cbind(X1 * s, X2 * s)         s a scalar, or a column
 *   cbind(X1, X2) - r              ->  cbind(X1 - r[, 1:n], X2 - r[, (n+1):m])   r a row
 *   exp(rbind(X1, X2))             ->  rbind(exp(X1), exp(X2))
 * </pre>
 *
 * <p>Condition: an operand is bound; the other is a scalar, a vector, or bound at the same places.
 * Cost: what is not cached of the parts' results; neither bind is copied, and the result stays
 * bound. Error: none.
 */
final class CellsOverBinds implements Rewrite {
  private static final Set<String> OPCODES =
      Set.of(
          "+", "-", "*", "/", "%%", "%/%", "pmin", "pmax", "<", "<=", ">", ">=", "==", "!=", "&",
          "|", "xor", "^", "negate", "!", "abs", "round", "floor", "ceil", "sign", "sqrt", "exp",
          "log", "sin", "cos", "tan", "tanh", "sigmoid", "relu", "gelu", "silu", "selu");

  @Override
  public String name() {
    return "cells-over-binds";
  }

  @Override
  public Set<String> opcodes() {
    return OPCODES;
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    for (Term input : inputs) {
      if (input instanceof Given given && given.boundOrNull() != null) {
        Term term = over(operation, inputs, given, planner);
        if (term != null) {
          return term;
        }
      }
    }
    return null;
  }

  private static Term over(Operation operation, Term[] inputs, Given bound, Planner planner) {
    boolean columns = bound.boundOrNull().isColumns();
    Term[] parts = planner.parts(bound, columns);
    Term[][] operands = new Term[inputs.length][];
    for (int i = 0; i < inputs.length; i++) {
      operands[i] = inputs[i] == bound ? parts : split(inputs[i], bound, parts, columns, planner);
      if (operands[i] == null) {
        return null;
      }
    }
    Term[] results = new Term[parts.length];
    for (int p = 0; p < parts.length; p++) {
      Term[] each = new Term[inputs.length];
      for (int i = 0; i < each.length; i++) {
        each[i] = operands[i][p];
      }
      results[p] = planner.cells(operation, each);
      if (results[p].shape() == null || !results[p].shape().equals(parts[p].shape())) {
        return null;
      }
    }
    return Grid.of(columns, results);
  }

  private static Term[] split(
      Term term, Given bound, Term[] like, boolean columns, Planner planner) {
    Term[] split = new Term[like.length];
    Shape shape = term.shape();
    long across = shape == null ? 1 : columns ? shape.cols() : shape.rows();
    if (across == 1) {
      java.util.Arrays.fill(split, term);
      return split;
    }
    if (across != (columns ? bound.shape().cols() : bound.shape().rows())) {
      return null;
    }
    Term[] own = planner.parts(term, columns);
    boolean isVector = columns ? shape.rows() == 1 : shape.cols() == 1;
    if (own == null && !isVector) {
      return null;
    }
    for (int i = 0; i < split.length; i++) {
      long start = bound.boundOrNull().start(i);
      long extent = bound.boundOrNull().extent(i);
      split[i] =
          isVector ? planner.rectangle(term, columns, start, extent) : partAt(term, own, i, bound);
      if (split[i] == null) {
        return null;
      }
    }
    return split;
  }

  private static Term partAt(Term term, Term[] own, int part, Given bound) {
    BoundMatrix other = ((Given) term).boundOrNull();
    boolean same =
        own.length == bound.boundOrNull().count()
            && other.start(part) == bound.boundOrNull().start(part)
            && other.extent(part) == bound.boundOrNull().extent(part);
    return same ? own[part] : null;
  }
}
