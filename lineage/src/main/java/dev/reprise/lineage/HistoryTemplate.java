package dev.reprise.lineage;

import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * How values came to be from given ones, without those: the same can be said of values that were
 * made in the same way from others.
 *
 * <pre>
 *   f(a) was executed:  %2 = * a 3     %3 = + %2 a          template: $1 = * ^0 3    $2 = + $1 ^0
 *   f(b) is found:                                            over b: %8 = * b 3     %9 = + %8 b
 * </pre>
 *
 * <p>A run stays one: its body is shared, and its inputs are replaced. What does not depend on the
 * inputs is the item that it was, and so is what an earlier run has made of inputs that have the
 * same history each time, such as the elements of a list that a loop has trained. Immutable; holds
 * no inputs but those below such runs.
 */
public final class HistoryTemplate {
  /** Of longer histories there is none: making one takes about as long as so many instructions. */
  static final int MOST_NODES = 4_096;

  /** An item or a run; operands come before it. */
  @FunctionalInterface
  private interface Node {
    /**
     * @param made what the nodes before it are: items and runs
     */
    Object over(LineageItem[] inputs, Object[] made, RunScope scope);
  }

  private record Input(int number) implements Node {
    @Override
    public Object over(LineageItem[] inputs, Object[] made, RunScope scope) {
      return inputs[number];
    }
  }

  /** An item, or a run of which nothing is made again. */
  private record Constant(Object known) implements Node {
    @Override
    public Object over(LineageItem[] inputs, Object[] made, RunScope scope) {
      return known;
    }
  }

  private record Made(Operation operation, int[] operands) implements Node {
    @Override
    public Object over(LineageItem[] inputs, Object[] made, RunScope scope) {
      return switch (operands.length) {
        case 1 -> LineageItem.of(operation, item(made, 0));
        case 2 -> LineageItem.of(operation, item(made, 0), item(made, 1));
        case 3 -> LineageItem.of(operation, item(made, 0), item(made, 1), item(made, 2));
        default -> LineageItem.of(operation, items(made, operands));
      };
    }

    private LineageItem item(Object[] made, int operand) {
      return (LineageItem) made[operands[operand]];
    }
  }

  /**
   * @param inputs in the order of the body's inputs; -1 for a variable without a value
   */
  private record OfRun(RunBody body, int[] inputs) implements Node {
    @Override
    public Object over(LineageItem[] given, Object[] made, RunScope scope) {
      return Run.of(body, items(made, inputs), scope);
    }
  }

  /**
   * @param key when it is the same each time, so that no iterations are looked at for it; or null
   */
  private record PlaceInRun(int run, long iteration, int place, Key key, int height)
      implements Node {
    @Override
    public Object over(LineageItem[] inputs, Object[] made, RunScope scope) {
      RunItem item = new RunItem((Run) made[run], iteration, place, LineageItem.UNKNOWN);
      if (key != null) {
        item.setLate(key.high(), key.low(), height);
      }
      return item;
    }
  }

  private static LineageItem[] items(Object[] made, int[] numbers) {
    LineageItem[] items = new LineageItem[numbers.length];
    for (int i = 0; i < items.length; i++) {
      items[i] = numbers[i] < 0 ? null : (LineageItem) made[numbers[i]];
    }
    return items;
  }

  private final Node[] nodes;
  private final int[] outputs;
  private final int size;

  private HistoryTemplate(Node[] nodes, int[] outputs) {
    this.nodes = nodes;
    this.outputs = outputs;
    int made = 0;
    for (Node node : nodes) {
      made += node instanceof Constant || node instanceof Input ? 0 : 1;
    }
    this.size = made;
  }

  /**
   * The template of what was made from inputs; null when it is too long, was cut, or may hold an
   * input where it cannot be replaced.
   *
   * @param outputs entries may be null
   * @param inputs below which nothing is looked at; entries may be null
   * @param vary which inputs may have another history in what it is applied to
   * @param execution what it is the history of: earlier runs are made again only if they vary
   */
  public static HistoryTemplate of(
      LineageItem[] outputs, LineageItem[] inputs, boolean[] vary, RunScope.Since execution) {
    return new Maker(inputs, vary, execution).template(outputs);
  }

  /** How many items and runs are made each time that it is applied. */
  public int size() {
    return size;
  }

  /**
   * Items of values that were made in the same way from other inputs.
   *
   * @param inputs as many as those of the template, null where these were
   * @param scope of the thread that says so, as if it had executed the loops
   */
  public LineageItem[] over(LineageItem[] inputs, RunScope scope) {
    Object[] made = new Object[nodes.length];
    for (int i = 0; i < made.length; i++) {
      made[i] = nodes[i].over(inputs, made, scope);
    }
    return items(made, outputs);
  }

  /** Follows the histories of outputs down to the inputs, without recursion. */
  private static final class Maker {
    private final List<Node> nodes = new ArrayList<>();

    // By key: an input may be other objects in what was found by its key.
    private final Map<Key, Integer> numbers = new HashMap<>();

    /** Of literals that a loop has counted: others of the same value are not. */
    private final Map<Key, Integer> counted = new HashMap<>();

    private final Map<Run, Integer> runs = new IdentityHashMap<>();

    /** Nodes whose key may be another one each time. */
    private final BitSet varying = new BitSet();

    private final RunScope.Since execution;

    Maker(LineageItem[] inputs, boolean[] vary, RunScope.Since execution) {
      this.execution = execution;
      for (int i = 0; i < inputs.length; i++) {
        // A literal is itself, and has marks of its own.
        if (inputs[i] != null && !inputs[i].isLiteral() && !numbers.containsKey(inputs[i].key())) {
          numbers.put(inputs[i].key(), add(new Input(i), vary[i]));
        }
      }
    }

    private int add(Node node, boolean varies) {
      varying.set(nodes.size(), varies);
      nodes.add(node);
      return nodes.size() - 1;
    }

    private boolean vary(int[] operands) {
      return Arrays.stream(operands).anyMatch(o -> o >= 0 && varying.get(o));
    }

    HistoryTemplate template(LineageItem[] outputs) {
      int[] ends = new int[outputs.length];
      for (int i = 0; i < ends.length; i++) {
        ends[i] = -1;
        if (outputs[i] != null) {
          if (!follow(outputs[i])) {
            return null;
          }
          ends[i] = numberOf(outputs[i]);
        }
      }
      return new HistoryTemplate(nodes.toArray(Node[]::new), ends);
    }

    /** The number of an item or run that was added; null before. */
    private Integer numberOf(Object known) {
      return known instanceof LineageItem item ? among(item).get(item.key()) : runs.get(known);
    }

    private Map<Key, Integer> among(LineageItem item) {
      return item.isCounted() ? counted : numbers;
    }

    private boolean follow(LineageItem root) {
      List<Object> open = new ArrayList<>();
      open.add(root);
      while (!open.isEmpty()) {
        Object top = open.getLast();
        if (numberOf(top) != null) {
          open.removeLast();
          continue;
        }
        int size = open.size();
        boolean possible = top instanceof Run run ? run(run, open) : item((LineageItem) top, open);
        if (!possible || nodes.size() + open.size() > MOST_NODES) {
          return false;
        }
        if (open.size() == size) {
          open.removeLast();
        }
      }
      return true;
    }

    /** Adds an item whose operands are there, or opens these; false when it cannot be followed. */
    private boolean item(LineageItem item, List<Object> open) {
      if (item instanceof RunItem place) {
        return place(place, open);
      }
      if (TraceCut.isCut(item)) {
        return false;
      }
      int[] operands = new int[item.inputCount()];
      boolean isConstant = true;
      boolean isReady = true;
      for (int i = 0; i < operands.length; i++) {
        Integer operand = numberOf(item.input(i));
        if (operand == null) {
          open.add(item.input(i));
          isReady = false;
        } else {
          operands[i] = operand;
          isConstant &= nodes.get(operand) instanceof Constant;
        }
      }
      if (isReady) {
        Node node = isConstant ? new Constant(item) : new Made(item.operation(), operands);
        among(item).put(item.key(), add(node, vary(operands)));
      }
      return true;
    }

    private boolean place(RunItem place, List<Object> open) {
      LineageItem settled = RunItem.settled(place);
      Object maker = settled == place ? place.run : settled;
      Integer known = numberOf(maker);
      if (known == null) {
        open.add(maker);
      } else if (maker == place.run) {
        numbers.put(place.key(), add(placeOf(place, known), varying.get(known)));
      } else {
        numbers.put(place.key(), known);
      }
      return true;
    }

    private Node placeOf(RunItem item, int run) {
      if (nodes.get(run) instanceof Constant) {
        return new Constant(item);
      }
      return varying.get(run)
          ? new PlaceInRun(run, item.iteration, item.place, null, 0)
          : new PlaceInRun(run, item.iteration, item.place, item.key(), item.height());
    }

    private boolean run(Run run, List<Object> open) {
      if (!run.isComplete() || !BodyTree.followsFromInputs(run.body, new HashSet<>())) {
        return false;
      }
      LineageItem[] inputs = run.inputs();
      int[] operands = new int[inputs.length];
      boolean isReady = true;
      for (int i = 0; i < operands.length; i++) {
        Integer operand = inputs[i] == null ? Integer.valueOf(-1) : numberOf(inputs[i]);
        if (operand == null) {
          open.add(inputs[i]);
          isReady = false;
        } else {
          operands[i] = operand;
        }
      }
      if (isReady) {
        boolean varies = vary(operands);
        boolean isMadeAgain = varies || run.outermost().isBornSince(execution);
        runs.put(run, add(isMadeAgain ? new OfRun(run.body, operands) : new Constant(run), varies));
      }
      return true;
    }
  }
}
