package dev.reprise.language.optimize;

import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What may become a plan: products of products, and what is done to a product's result. */
final class PlanRules {
  /** Finding an order takes the third power of the factors, and its square in memory. */
  private static final int MOST_FACTORS = 200;

  private final Site site;
  private final StraightPass pass;

  PlanRules(Site site, StraightPass pass) {
    this.site = site;
    this.pass = pass;
  }

  /**
   * A plan and the instructions that it takes in besides the one at hand.
   *
   * @param joined in the order of the code
   */
  record Plan(Instruction.Compute instruction, List<Instruction.Compute> joined) {}

  /** The plan that ends in the instruction, or null. */
  Plan plan(Instruction.Compute root) {
    if (root.outputs().length != 1 || root.outputs()[0] < 0) {
      return null;
    }
    if (isAggregateOfProducts(root.operation())) {
      return aggregateOfProduct(root);
    }
    return switch (root.operation().name()) {
      case "matmul" -> {
        Plan chain = productWithTranspose(root);
        yield chain != null ? chain : productsInOrder(root);
      }
      case "t" -> transposedProduct(root);
      default -> null;
    };
  }

  /**
   * {@code t(X) %*% (X %*% v)}, {@code t(X) %*% (w * (X %*% v))}, {@code t(X) %*% (X %*% v - y)}:
   * one pass over X, where v, w and y are columns.
   */
  private Plan productWithTranspose(Instruction.Compute root) {
    Attributes attributes = root.operation().attributes();
    int matrix = root.inputs()[0];
    int inner = root.inputs()[1];
    if (!attributes.isSet("ta") || attributes.isSet("tb") || !site.isOnlyUse(inner)) {
      return null;
    }
    Instruction.Compute maker = site.values.maker(inner);
    if (maker == null) {
      return null;
    }
    if (isProductOf(maker, matrix)) {
      return chain(root, Attributes.none(), absent(), List.of(maker));
    }
    String name = maker.operation().name();
    if (!name.equals("*") && !name.equals("-")) {
      return null;
    }
    for (int side = 0; side < (name.equals("*") ? 2 : 1); side++) {
      int product = maker.inputs()[side];
      Instruction.Compute first = site.isOnlyUse(product) ? site.values.maker(product) : null;
      int other = maker.inputs()[1 - side];
      if (first != null && isProductOf(first, matrix) && other >= 0) {
        return chain(root, Attributes.of("with", name), other, List.of(first, maker));
      }
    }
    return null;
  }

  private static boolean isProductOf(Instruction.Compute compute, int matrix) {
    return compute.operation().name().equals("matmul")
        && compute.plain().isEmpty()
        && compute.operation().attributes().isEmpty()
        && compute.inputs()[0] == matrix;
  }

  private Plan chain(
      Instruction.Compute root, Attributes attributes, int with, List<Instruction.Compute> inner) {
    int vector = inner.getFirst().inputs()[1];
    Operation operation = new Operation(site.draft.opcode("mmchain"), attributes);
    int[] inputs = {root.inputs()[0], vector, with};
    return plan(root, operation, inputs, inner, inner);
  }

  private int absent() {
    return site.draft.operands.constant(Scalar.absent());
  }

  /**
   * {@code A %*% B %*% C %*% ...}: the order of least work for the shapes at hand. What has more
   * than {@link #MOST_FACTORS} is such products of such products.
   */
  private Plan productsInOrder(Instruction.Compute root) {
    Attributes attributes = root.operation().attributes();
    List<Integer> leaves = new ArrayList<>();
    List<Instruction.Compute> plain = new ArrayList<>();
    List<Instruction.Compute> joined = new ArrayList<>();
    side(root.inputs()[0], attributes.isSet("ta"), leaves, plain, joined);
    side(root.inputs()[1], attributes.isSet("tb"), leaves, plain, joined);
    if (leaves.size() < 3 || leaves.size() > MOST_FACTORS || isWorthKeeping(plain)) {
      return null;
    }
    int[] inputs = leaves.stream().mapToInt(Integer::intValue).toArray();
    return plan(root, new Operation(root.operation().opcode()), inputs, plain, joined);
  }

  private void side(
      int operand,
      boolean transposed,
      List<Integer> leaves,
      List<Instruction.Compute> plain,
      List<Instruction.Compute> joined) {
    Instruction.Compute maker =
        !transposed && site.isOnlyUse(operand) ? site.values.maker(operand, "matmul") : null;
    if (maker == null) {
      leaves.add(operand);
      return;
    }
    for (int input : maker.inputs()) {
      leaves.add(input);
    }
    plain.addAll(maker.plain().isEmpty() ? List.of(maker) : maker.plain());
    joined.add(maker);
  }

  /**
   * True when a loop would compute one of the products as written once and find it again in the
   * next iterations, whatever the best order without reuse is.
   */
  private boolean isWorthKeeping(List<Instruction.Compute> members) {
    if (!site.draft.options.reuses() || !pass.isInLoop()) {
      return false;
    }
    return members.stream()
        .anyMatch(member -> Arrays.stream(member.inputs()).allMatch(pass::isInvariant));
  }

  /**
   * {@code t(t(A) %*% B) = t(B) %*% A}, {@code t(A %*% t(B)) = B %*% t(A)}, {@code t(t(A) %*% t(B))
   * = B %*% A}: no result is transposed. With no operand transposed, one would be instead.
   */
  private Plan transposedProduct(Instruction.Compute root) {
    int inner = root.inputs()[0];
    Instruction.Compute product = site.isOnlyUse(inner) ? site.values.maker(inner, "matmul") : null;
    if (product == null || !product.plain().isEmpty()) {
      return null;
    }
    Attributes attributes = product.operation().attributes();
    boolean ta = attributes.isSet("ta");
    boolean tb = attributes.isSet("tb");
    if (!ta && !tb) {
      return null;
    }
    Attributes swapped = ta && tb ? Attributes.none() : Attributes.of(ta ? "ta" : "tb", "true");
    Operation operation = new Operation(product.operation().opcode(), swapped);
    int[] inputs = {product.inputs()[1], product.inputs()[0]};
    return plan(root, operation, inputs, List.of(product), List.of(product));
  }

  /** True for what may need less of a product than all of its cells. */
  static boolean isAggregateOfProducts(Operation operation) {
    return switch (operation.name()) {
      case "trace", "sum", "rowSums", "colSums" -> true;
      default -> false;
    };
  }

  /**
   * {@code trace(A %*% B) = sum(A * t(B))}: of the product only the diagonal is needed. {@code
   * sum(A %*% B) = colSums(A) %*% rowSums(B)}, {@code rowSums(A %*% B) = A %*% rowSums(B)}, {@code
   * colSums(A %*% B) = colSums(A) %*% B}: the sum over what is added up anyway. Of factors that are
   * variables: an intermediate may be one that is put off until the product was asked for.
   */
  private Plan aggregateOfProduct(Instruction.Compute root) {
    int inner = root.inputs()[0];
    Instruction.Compute product = site.isOnlyUse(inner) ? site.values.maker(inner, "matmul") : null;
    if (product == null || !product.plain().isEmpty()) {
      return null;
    }
    boolean isTrace = root.operation().name().equals("trace");
    return isTrace || Arrays.stream(product.inputs()).noneMatch(site.draft.operands::isTemporary)
        ? plan(root, root.operation(), product.inputs(), List.of(product), List.of(product))
        : null;
  }

  private static Plan plan(
      Instruction.Compute root,
      Operation operation,
      int[] inputs,
      List<Instruction.Compute> members,
      List<Instruction.Compute> joined) {
    List<Instruction.Compute> plain = new ArrayList<>(members);
    plain.add(root);
    return new Plan(
        new Instruction.Compute(
            operation, inputs, root.outputs(), Draft.NOTHING, root.position(), true, plain),
        joined);
  }

  /** Notes a plan for {@code explain --rewrites}. */
  void note(Instruction.Compute plan) {
    Values members = new Values(site.draft, new java.util.BitSet());
    plan.plain().forEach(members::passed);
    Notation notation = new Notation(site.draft.operands, members);
    Instruction.Compute root = plan.plain().getLast();
    String name = plan.operation().name();
    String last = root.operation().name();
    String before = notation.of(root);
    if (name.equals("mmchain")) {
      note("product with its transpose", plan, before, notation.of(plan));
    } else if (isAggregateOfProducts(plan.operation())) {
      note(
          (name.equals("trace") ? "trace" : "sum") + " of product",
          plan,
          before,
          less(notation, plan));
    } else if (last.equals("t")) {
      note("transpose of product", plan, before, notation.of(plan));
    } else {
      note("order of products", plan, before, "the order of least work");
    }
  }

  /** What is computed of a product instead of its cells. */
  private static String less(Notation notation, Instruction.Compute plan) {
    Attributes attributes = plan.plain().getFirst().operation().attributes();
    String left = notation.operand(plan.inputs()[0]);
    String right = notation.operand(plan.inputs()[1]);
    left = attributes.isSet("ta") ? "t(" + left + ")" : left;
    right = attributes.isSet("tb") ? "t(" + right + ")" : right;
    return switch (plan.operation().name()) {
      case "trace" -> "sum(" + left + " * t(" + right + "))";
      case "sum" -> "colSums(" + left + ") %*% rowSums(" + right + ")";
      case "rowSums" -> left + " %*% rowSums(" + right + ")";
      default -> "colSums(" + left + ") %*% " + right;
    };
  }

  private void note(String rewrite, Instruction.Compute plan, String before, String after) {
    site.draft.noteWithSizes(rewrite, plan.position(), before, after);
  }
}
