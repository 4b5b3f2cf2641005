package dev.reprise.language.lower;

import dev.reprise.language.lower.Builtins.Row;
import dev.reprise.language.syntax.Expression;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.OperationTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Builtins whose sizes are given as lists: {@code conv2d(X, W, input_shape=[N, C, H, W], ...)}. An
 * element is an operand of its own, so that a list of other lists' elements has no part in the key.
 * The elements may also be given one by one ({@code stride1=2, stride2=2}).
 */
final class NeuralBuiltins {

  /** Sizes that are given as one list. */
  private record Sizes(String name, int count) {}

  private static final List<Sizes> CONVOLUTION =
      List.of(
          new Sizes("input_shape", 4),
          new Sizes("filter_shape", 4),
          new Sizes("stride", 2),
          new Sizes("padding", 2));

  private static final List<Sizes> POOLING =
      List.of(
          new Sizes("input_shape", 4),
          new Sizes("pool_size", 2),
          new Sizes("stride", 2),
          new Sizes("padding", 2));

  /** Of a convolution, behind its sizes: operands only where one of them is given. */
  private static final Sizes DILATION = new Sizes("dilation", 2);

  private static final String GROUPS = "groups";

  /** Builtins of ours, which SystemDS has not. */
  private static final Set<String> OURS =
      Set.of(
          "relu",
          "leaky_relu",
          "elu",
          "selu",
          "gelu",
          "silu",
          "softmax",
          "log_softmax",
          "softmax_cross_entropy",
          "layer_norm",
          "embedding",
          "dropout",
          "attention",
          "global_avg_pool",
          "global_max_pool",
          "sgd_update",
          "momentum_update",
          "nesterov_update",
          "adagrad_update",
          "rmsprop_update",
          "adam_update",
          "adamw_update",
          "metric",
          "progress",
          "score",
          "warmstart",
          "checkpoint",
          "resume",
          "file.exists");

  private NeuralBuiltins() {}

  /** True for a builtin that goes before functions of a library. */
  static boolean isLanguage(String name, OperationTable operations) {
    return Builtins.isBuiltin(name, operations) && !isOurs(name);
  }

  private static boolean isOurs(String name) {
    String gradient = "_backward";
    return OURS.contains(
        name.endsWith(gradient) ? name.substring(0, name.length() - gradient.length()) : name);
  }

  static void addTo(Map<String, Row> rows) {
    rows.put("conv2d", site -> lower(site, CONVOLUTION, "input", "filter"));
    rows.put("conv2d_backward_filter", site -> lower(site, CONVOLUTION, "input", "dout"));
    rows.put("conv2d_backward_data", site -> lower(site, CONVOLUTION, "filter", "dout"));
    for (String kind : List.of("max_pool", "avg_pool")) {
      rows.put(kind, site -> lower(site, POOLING, "input"));
      rows.put(kind + "_backward", site -> lower(site, POOLING, "input", "dout"));
    }
  }

  private static Lowered lower(CallSite site, List<Sizes> sizes, String... matrices) {
    List<String> names = new ArrayList<>(List.of(matrices));
    sizes.forEach(size -> names.add(size.name()));
    boolean convolution = sizes == CONVOLUTION;
    List<String> shown = new ArrayList<>(names);
    if (convolution) {
      shown.addAll(List.of("[" + DILATION.name() + "]", "[" + GROUPS + "]"));
    }
    for (Sizes size : sizes) {
      for (int i = 1; i <= size.count(); i++) {
        names.add(size.name() + i);
      }
    }
    int more = names.size();
    if (convolution) {
      names.addAll(List.of(DILATION.name(), GROUPS, "dilation1", "dilation2"));
    }
    Expression[] values =
        ArgumentBinding.of(site.call(), Signature.of(names), false, site.context()).values();
    List<Integer> operands = new ArrayList<>();
    for (int i = 0; i < matrices.length; i++) {
      if (values[i] == null) {
        ArgumentBinding.missing(site.call(), matrices[i], Signature.of(shown), site.context());
      }
      operands.add(values[i] == null ? site.absent() : site.operand(values[i]));
    }
    int single = matrices.length + sizes.size();
    for (int i = 0; i < sizes.size(); i++) {
      Sizes size = sizes.get(i);
      Expression list = values[matrices.length + i];
      if (list != null) {
        addElements(site, size, list, operands);
      } else {
        addSingles(site, size, values, single, shown, operands);
      }
      single += size.count();
    }
    if (convolution) {
      addGroups(site, values, more, shown, operands);
    }
    return site.compute(
        site.call().name(), operands.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Dilation and groups, unless they are left out or the ones that change nothing. */
  private static void addGroups(
      CallSite site, Expression[] values, int at, List<String> shown, List<Integer> operands) {
    List<Integer> found = new ArrayList<>();
    if (values[at] != null) {
      addElements(site, DILATION, values[at], found);
    } else if (values[at + 2] != null || values[at + 3] != null) {
      addSingles(site, DILATION, values, at + 2, shown, found);
    } else {
      found.addAll(List.of(one(site), one(site)));
    }
    found.add(values[at + 1] == null ? one(site) : site.operand(values[at + 1]));
    for (int operand : found) {
      Scalar constant = site.context().builder().constantAt(operand);
      if (constant == null || !constant.equals(Scalar.of(1L))) {
        operands.addAll(found);
        return;
      }
    }
  }

  private static int one(CallSite site) {
    return site.context().builder().constant(Scalar.of(1L));
  }

  private static void addElements(
      CallSite site, Sizes size, Expression list, List<Integer> operands) {
    if (list instanceof Expression.ListLiteral literal) {
      if (literal.elements().size() != size.count()) {
        site.context()
            .error(
                literal.position(),
                1,
                "'"
                    + size.name()
                    + "' of '"
                    + site.call().fullName()
                    + "' is a list of "
                    + size.count()
                    + " numbers, found "
                    + literal.elements().size(),
                null);
      }
      literal.elements().forEach(element -> operands.add(site.operand(element)));
      return;
    }
    int target = site.operand(list);
    if (site.context().builder().constantAt(target) != null) {
      site.error(
          "'" + size.name() + "' of '" + site.call().fullName() + "' is a list of numbers",
          "for example "
              + size.name()
              + "=["
              + (size.count() == 2 ? "1, 1" : "64, 1, 28, 28")
              + "]");
    }
    for (long i = 1; i <= size.count(); i++) {
      int at = site.context().builder().constant(Scalar.of(i));
      int element =
          site.expressions().temporary(site.compute("listIndex", target, at, site.absent()));
      operands.add(site.expressions().temporary(site.compute("as.scalar", element)));
    }
  }

  private static void addSingles(
      CallSite site,
      Sizes size,
      Expression[] values,
      int at,
      List<String> shown,
      List<Integer> operands) {
    for (int i = 0; i < size.count(); i++) {
      if (values[at + i] == null) {
        ArgumentBinding.missing(site.call(), size.name(), Signature.of(shown), site.context());
        return;
      }
      operands.add(site.operand(values[at + i]));
    }
  }
}
