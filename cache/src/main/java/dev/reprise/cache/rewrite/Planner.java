package dev.reprise.cache.rewrite;

import dev.reprise.cache.LineageCache;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.Keys;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds the terms of one attempt: looks keys up, applies rewrites to parts, and prefers what is
 * cheaper. Holds the values that it took from the cache until it is closed. Used by one thread.
 */
final class Planner implements AutoCloseable {
  /** Rewrites within rewrites: enough for nested appends of folds with an intercept. */
  private static final int MOST_DEPTH = 40;

  /** Results that one attempt looks at, so that planning stays far below a millisecond. */
  private static final int MOST_RESULTS = 400;

  private final PartialReuse session;
  private final LineageCache cache;
  private final List<Value> held = new ArrayList<>();

  // Several rewrites lead to the same part: without this, to twice as many for each bind in a bind.
  private final Map<Asked, Term> results = new HashMap<>();

  private int depth;
  private int resultsLeft = MOST_RESULTS;

  /** A result that was asked for, and whether it was to be kept. */
  private record Asked(Key key, boolean isKept) {
    /** As that of a record, whose first one takes a millisecond in each process. */
    @Override
    public int hashCode() {
      return 31 * key.hashCode() + (isKept ? 1 : 0);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Asked that && isKept == that.isKept && key.equals(that.key);
    }
  }

  Planner(PartialReuse session, LineageCache cache) {
    this.session = session;
    this.cache = cache;
  }

  PartialReuse session() {
    return session;
  }

  /** Whether this is about a part of the result, not the result itself. */
  boolean isWithin() {
    return depth > 0;
  }

  // ---- values that are there

  /** A value's cached term, or null. */
  Given cached(Facts facts) {
    return facts.key() == null ? null : hold(cache.peek(facts.key()), facts);
  }

  private Given hold(Value value, Facts facts) {
    if (value == null) {
      return null;
    }
    held.add(value);
    return value instanceof MatrixValue || value instanceof Scalar
        ? Given.cached(value, facts)
        : null;
  }

  /**
   * The parts of a term that is bound in that direction, else null.
   *
   * @param columns true for parts side by side
   */
  Term[] parts(Term term, boolean columns) {
    if (!(term instanceof Given given)
        || given.boundOrNull() == null
        || given.boundOrNull().isColumns() != columns) {
      return null;
    }
    if (given.parts() == null) {
      given.setParts(partsOf(given, given.boundOrNull()));
    }
    return given.parts();
  }

  private Term[] partsOf(Given given, BoundMatrix bound) {
    Term[] parts = new Term[bound.count()];
    MatrixValue[] values = bound.retainedParts();
    if (values != null) {
      held.addAll(List.of(values));
    }
    for (int i = 0; i < parts.length; i++) {
      Facts facts = bound.facts(i);
      if (values != null) {
        parts[i] = Given.of(values[i], facts);
      } else {
        Given cached = cached(facts);
        parts[i] = cached != null ? cached : partOfJoined(given, bound, i);
      }
    }
    return parts;
  }

  private static Term partOfJoined(Given given, BoundMatrix bound, int part) {
    Shape whole = given.shape();
    return bound.isColumns()
        ? new Slice(
            given,
            0,
            bound.start(part),
            new Shape(whole.rows(), bound.extent(part)),
            bound.facts(part))
        : new Slice(
            given,
            bound.start(part),
            0,
            new Shape(bound.extent(part), whole.cols()),
            bound.facts(part));
  }

  // ---- results

  /**
   * The cheapest way to a result: from the cache, by a rewrite, or by execution.
   *
   * @param isKept whether an executed result goes to the cache
   */
  Term result(Operation operation, boolean isKept, Term... inputs) {
    Facts[] facts = new Facts[inputs.length];
    for (int i = 0; i < facts.length; i++) {
      facts[i] = inputs[i].facts();
    }
    Facts own = Facts.of(operation, facts);
    if (own.key() == null) {
      return newResult(operation, isKept, own, inputs);
    }
    Asked asked = new Asked(own.key(), isKept);
    Term known = results.get(asked);
    if (known == null) {
      known = newResult(operation, isKept, own, inputs);
      results.put(asked, known);
    }
    return known;
  }

  private Term newResult(Operation operation, boolean isKept, Facts own, Term... inputs) {
    Meta meta = operation.opcode().result().infer(operation, inputs);
    double work = operation.opcode().work().nanos(operation, inputs);
    boolean isLarge = work >= Costs.LOOKUP_GATE;
    if (isLarge) {
      Given cached = cached(own);
      if (cached != null) {
        return cached;
      }
    }
    Term best = new Applied(operation, inputs, own, meta, isKept && isLarge);
    if (depth < MOST_DEPTH && resultsLeft-- > 0) {
      depth++;
      for (Rewrite rewrite : session.rewritesOf(operation.name())) {
        Term term = rewrite.compensate(operation, inputs, this);
        if (term != null && term.cost() < best.cost()) {
          best = term;
        }
      }
      depth--;
    }
    return best;
  }

  /** The result by execution, kept under its key. */
  Term executed(Operation operation, Term... inputs) {
    Facts[] facts = new Facts[inputs.length];
    for (int i = 0; i < facts.length; i++) {
      facts[i] = inputs[i].facts();
    }
    Meta meta = operation.opcode().result().infer(operation, inputs);
    return new Applied(operation, inputs, Facts.of(operation, facts), meta, true);
  }

  /** {@code op(a) %*% op(b)}; with the flags an operand is transposed. */
  Term product(Term a, boolean ta, Term b, boolean tb) {
    Key left = a.facts().key();
    if (ta != tb && left != null && left.equals(b.facts().key())) {
      return selfProduct(a, tb);
    }
    return result(Operations.product(ta, tb), isLasting(a) && isLasting(b), a, b);
  }

  /** A product with a piece that was cut out for this result alone is not asked for again. */
  private static boolean isLasting(Term operand) {
    return !(operand instanceof Slice);
  }

  /** {@code t(x) %*% x}, or {@code x %*% t(x)}. */
  Term selfProduct(Term x, boolean right) {
    return result(Operations.selfProduct(right), isLasting(x), x);
  }

  Term aggregate(String opcode, Term x) {
    return result(Operations.of(opcode), true, x);
  }

  /** The aggregate of each part. */
  Term[] aggregates(String opcode, Term[] parts) {
    Term[] aggregates = new Term[parts.length];
    for (int i = 0; i < parts.length; i++) {
      aggregates[i] = aggregate(opcode, parts[i]);
    }
    return aggregates;
  }

  Term cells(Operation operation, Term... inputs) {
    return result(operation, false, inputs);
  }

  Term transposed(Term x) {
    return x.shape().rows() == 1 && x.shape().cols() == 1
        ? x
        : result(Operations.TRANSPOSE, false, x);
  }

  Term scaled(Term x, double factor) {
    return factor == 1 ? x : cells(Operations.of("*"), x, scalar(factor));
  }

  /** The sum, added up from the left. */
  Term sum(List<Term> terms) {
    Term sum = terms.getFirst();
    Operation plus = Operations.of("+");
    for (Term term : terms.subList(1, terms.size())) {
      sum =
          new Applied(
              plus,
              new Term[] {sum, term},
              Facts.UNKNOWN,
              plus.opcode().result().infer(plus, new Value[] {sum, term}),
              false);
    }
    return sum;
  }

  static Term scalar(double number) {
    Scalar scalar = Scalar.of(number);
    return Given.of(scalar, new Facts(Keys.ofLiteral(scalar), scalar, Double.NaN, null));
  }

  // ---- rectangles

  /**
   * Whole rows of a term, or whole columns: one of its parts where that has just these, else a
   * slice.
   *
   * @param from the first, counted from 0
   */
  Term rectangle(Term term, boolean columns, long from, long count) {
    Shape shape = term.shape();
    if (count == (columns ? shape.cols() : shape.rows())) {
      return term;
    }
    Term[] parts = parts(term, columns);
    if (parts != null && ((Given) term).boundOrNull() instanceof BoundMatrix bound) {
      for (int i = 0; i < parts.length; i++) {
        if (bound.start(i) == from && bound.extent(i) == count) {
          return parts[i];
        }
      }
    }
    return columns
        ? slice(term, 0, from, new Shape(shape.rows(), count))
        : slice(term, from, 0, new Shape(count, shape.cols()));
  }

  /** A rectangle, copied out when the term is evaluated; its first row and column count from 0. */
  static Term slice(Term term, long row, long col, Shape shape) {
    return shape.equals(term.shape())
        ? term
        : new Slice(term, row, col, shape, sliceFacts(term, row, col, shape));
  }

  /** What {@code X[a:b, c:d]} would have, as the compiler writes it. */
  private static Facts sliceFacts(Term term, long row, long col, Shape shape) {
    Shape whole = term.shape();
    boolean allRows = shape.rows() == whole.rows();
    boolean allCols = shape.cols() == whole.cols();
    return Facts.of(
        Operations.INDEX,
        term.facts(),
        bound(allRows, row + 1),
        bound(allRows || shape.rows() == 1, row + shape.rows()),
        bound(allCols, col + 1),
        bound(allCols || shape.cols() == 1, col + shape.cols()));
  }

  private static Facts bound(boolean isLeftOut, long at) {
    Scalar scalar = isLeftOut ? Scalar.absent() : Scalar.of(at);
    return new Facts(Keys.ofLiteral(scalar), scalar, Double.NaN, null);
  }

  @Override
  public void close() {
    held.forEach(Value::release);
  }
}
