package dev.reprise.engine.fusion;

import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.CellExpression.Node;
import dev.reprise.runtime.accelerator.CellExpression.Spread;
import dev.reprise.runtime.cpu.fusion.FusableOperation;
import dev.reprise.runtime.cpu.fusion.FusedExpression;
import dev.reprise.runtime.cpu.fusion.LeafKind;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tree of operations that is to be computed in one loop: its leaves, what the loop looks like,
 * and every operation by itself with its lineage item, for reuse and for computing them one by one.
 * Immutable; leaves are borrowed from whoever made it.
 */
final class FusedCall {
  private static final FusableOperation MULTIPLY = FusableOperation.of("*");

  /**
   * One operation of the tree.
   *
   * @param operands leaf i as i, member j as {@code ~j}
   * @param workNanos estimated work of this operation alone
   */
  record Member(LinkedOperation operation, int[] operands, double workNanos) {}

  /** Operands before the members that use them; the root is the last. */
  final List<Member> members;

  /** Dense matrices and numbers, each once; with accelerators open, also those to come. */
  final Value[] leaves;

  /** Null with a mask. */
  final FusedExpression expression;

  /** How it is computed with a mask; else null. */
  final MaskedCall masked;

  private final List<LeafKind> kinds;

  // Made when first asked for; two threads would make the same.
  private CellExpression cells;

  /** Shape of everything below an aggregate on top. */
  final Shape shape;

  /** What the root gives; null for nothing known. */
  final Meta meta;

  final double workNanos;

  /** By member; null when nothing is traced, or nobody has asked. */
  private final LineageItem[] items;

  private FusedCall(Builder builder, FusedExpression expression, Meta meta) {
    this.items = null;
    this.members = builder.members;
    this.leaves = builder.leaves.toArray(Value[]::new);
    this.kinds = builder.kinds;
    this.expression = expression;
    this.masked = builder.masked();
    this.shape = builder.shape;
    this.meta = meta;
    double work = 0;
    for (Member member : members) {
      work += member.workNanos;
    }
    this.workNanos = work;
  }

  private FusedCall(FusedCall other, LineageItem[] items) {
    this.members = other.members;
    this.leaves = other.leaves;
    this.kinds = other.kinds;
    this.expression = other.expression;
    this.masked = other.masked;
    this.shape = other.shape;
    this.meta = other.meta;
    this.workNanos = other.workNanos;
    this.cells = other.cells;
    this.items = items;
  }

  /** The call of a step over operands of which some are deferred, without lineage. */
  static FusedCall of(FusableStep root, Value[] operands) {
    Precision precision = root.operation().operation().precision();
    int mask = Masking.maskOf(root, operands);
    Builder builder = new Builder(precision, operands, root.fusable().isAggregate(), mask >= 0);
    Meta meta =
        root.operation()
            .operation()
            .opcode()
            .result()
            .infer(root.operation().operation(), operands);
    if (root.fusable().isAggregate()) {
      int below = builder.add((Deferred) operands[0]);
      builder.member(root.operation(), operands, new int[] {below});
      return new FusedCall(builder, builder.loop.build(root.fusable()), meta);
    }
    builder.add(root, operands);
    if (mask >= 0) {
      builder.attempts = builder.product == null ? root.attempts : builder.product.attempts;
      builder.mask = builder.leaf(operands[mask]);
      return new FusedCall(builder, null, meta);
    }
    return new FusedCall(builder, builder.loop.build(null), meta);
  }

  /** Whether its cells may be needed at the non-zeros of a mask alone. */
  boolean isMasked() {
    return masked != null;
  }

  /**
   * The same with its lineage.
   *
   * @param root what the call makes, as its operations one by one would trace it; null for nothing
   */
  FusedCall traced(LineageItem root) {
    if (root == null) {
      return this;
    }
    LineageItem[] all = new LineageItem[members.size()];
    all[all.length - 1] = root;
    for (int i = all.length - 1; i >= 0; i--) {
      int[] operands = members.get(i).operands();
      for (int operand = 0; operand < operands.length; operand++) {
        if (operands[operand] < 0) {
          all[~operands[operand]] = all[i].input(operand);
        }
      }
    }
    return new FusedCall(this, all);
  }

  Member root() {
    return members.getLast();
  }

  /** What the call makes; null when nothing is traced, or nobody has asked. */
  LineageItem rootItem() {
    return item(members.size() - 1);
  }

  /** What a member makes; null when nothing is traced, or nobody has asked. */
  LineageItem item(int member) {
    return items == null ? null : items[member];
  }

  /** Bytes of the result, as far as its shape is known. */
  long resultBytes() {
    return meta == null || meta.shape() == null
        ? 0
        : DenseMatrix.bytesOf(meta.shape().rows(), meta.shape().cols(), precision());
  }

  Precision precision() {
    return root().operation().operation().precision();
  }

  /** The same as accelerators take it. */
  CellExpression cells() {
    if (cells == null) {
      cells = inCells();
    }
    return cells;
  }

  private CellExpression inCells() {
    List<Spread> spreads = new ArrayList<>(kinds.size());
    for (LeafKind kind : kinds) {
      spreads.add(Spread.valueOf(kind.name()));
    }
    List<Node> nodes = new ArrayList<>(members.size());
    for (Member member : members) {
      nodes.add(node(member));
    }
    String aggregate = null;
    if (FusableOperation.of(root().operation().name()).isAggregate()) {
      aggregate = nodes.removeLast().opcode();
    }
    return new CellExpression(spreads, nodes, aggregate);
  }

  private Node node(Member member) {
    String opcode = member.operation().name();
    int[] operands = member.operands();
    // As unfused, squares are products.
    if (opcode.equals("^") && operands[1] >= 0 && Builder.isTwo(leaves[operands[1]])) {
      return new Node(MULTIPLY.opcode(), List.of(operands[0], operands[0]));
    }
    return new Node(opcode, Arrays.stream(operands).boxed().toList());
  }

  private static final class Builder {
    private final List<Member> members = new ArrayList<>();
    private final List<Value> leaves = new ArrayList<>();
    private final List<LeafKind> kinds = new ArrayList<>();

    /** Null with a mask. */
    private final FusedExpression.Builder loop;

    private final Shape shape;

    /** Deferred values that were added, with what they became. */
    private final List<Deferred> added = new ArrayList<>();

    private final List<Integer> places = new ArrayList<>();

    /** The step of a product among the members, or null. */
    private ProductStep product;

    private int productAt = -1;

    // Set with a mask, whose number among the leaves it is.
    private Attempts attempts;
    private int mask;

    Builder(Precision precision, Value[] operands, boolean aggregate, boolean masked) {
      int nodes = Deferred.operationsIn(operands) + (aggregate ? 0 : 1);
      this.loop = masked ? null : new FusedExpression.Builder(precision, 3 * nodes, nodes);
      this.shape = shapeOf(operands);
    }

    private static Shape shapeOf(Value[] operands) {
      for (Value operand : operands) {
        if (operand instanceof Deferred deferred) {
          return deferred.shape();
        }
      }
      throw new IllegalArgumentException("nothing is deferred");
    }

    int add(Deferred deferred) {
      int known = added.indexOf(deferred);
      if (known >= 0) {
        return places.get(known);
      }
      int place =
          deferred.step instanceof ProductStep step
              ? add(step, deferred.operands)
              : add((FusableStep) deferred.step, deferred.operands);
      added.add(deferred);
      places.add(place);
      return place;
    }

    private int add(ProductStep step, Value[] operands) {
      product = step;
      productAt = members.size();
      member(step.operation(), operands, new int[] {leaf(operands[0]), leaf(operands[1])});
      return ~productAt;
    }

    MaskedCall masked() {
      if (loop != null) {
        return null;
      }
      boolean anyOrder = product != null && product.anyOrder;
      return MaskedCall.of(attempts, members, leaves, kinds, productAt, anyOrder, mask);
    }

    int add(FusableStep step, Value[] operands) {
      int[] places = new int[3];
      for (int i = 0; i < operands.length; i++) {
        places[i] = operands[i] instanceof Deferred deferred ? add(deferred) : leaf(operands[i]);
      }
      int[] used = Arrays.copyOf(places, operands.length);
      member(step.operation(), operands, used);
      if (loop == null) {
        return ~(members.size() - 1);
      }
      // The kernel for powers squares by a product, too.
      return step.fusable().opcode().equals("^") && isTwo(operands[1])
          ? loop.node(MULTIPLY, places[0], places[0], 0)
          : loop.node(step.fusable(), places[0], places[1], places[2]);
    }

    private static boolean isTwo(Value exponent) {
      return exponent instanceof Scalar scalar && scalar.asDouble() == 2;
    }

    void member(LinkedOperation operation, Value[] operands, int[] places) {
      members.add(new Member(operation, places, operation.work(operands)));
    }

    /** One leaf for one value, however often it is read. */
    private int leaf(Value value) {
      for (int i = 0; i < leaves.size(); i++) {
        if (isSame(leaves.get(i), value)) {
          return i;
        }
      }
      leaves.add(value);
      kinds.add(kind(value));
      return loop == null ? leaves.size() - 1 : loop.leaf(kinds.getLast());
    }

    /**
     * When a value came between the operations that read it, one has its handle and another one
     * itself; which of them is left to chance, and what the loop looks like must not be.
     */
    private static boolean isSame(Value one, Value other) {
      // First, since a handle may become done between two looks at it.
      return one == other || one.settled() == other.settled();
    }

    private LeafKind kind(Value value) {
      Shape own = Shapes.of(value);
      if (own == null) {
        return LeafKind.SCALAR;
      }
      if (own.equals(shape)) {
        return LeafKind.FULL;
      }
      if (own.rows() == 1 && own.cols() == 1) {
        return LeafKind.SCALAR;
      }
      return own.rows() == 1 ? LeafKind.ROW : LeafKind.COLUMN;
    }
  }
}
