package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.operation;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * Random programs of nested loops over a few variables, executed on items alone: once as they are,
 * once with their loops deduplicated.
 */
final class LoopPrograms {
  static final int SLOTS = 9;
  private static final Operation[] BINARY = {
    operation("+"), operation("*"), operation("matmul"), operation("-")
  };
  private static final Operation[] UNARY = {operation("t"), operation("rev")};

  private final Random random;
  private int loops;

  LoopPrograms(long seed) {
    this.random = new Random(seed);
  }

  /** A statement of a program. */
  interface Statement {
    void run(Execution execution);

    void addWritten(TreeSet<Integer> slots);
  }

  /** One execution; literal variables follow from the iteration numbers. */
  static final class Execution {
    final LineageItem[] items = new LineageItem[SLOTS];
    final boolean deduplicated;

    // Chooses variables whose keys are asked for at the end of each iteration; null for none.
    final Random asking;
    final RunScope scope = new RunScope();
    // Iteration numbers of the loops around, outermost first.
    final List<Long> iterations = new ArrayList<>();
    long seedBase = 7;
    long draws;

    Execution(boolean deduplicated, Random asking) {
      this.deduplicated = deduplicated;
      this.asking = asking;
      for (int i = 0; i < SLOTS; i++) {
        items[i] =
            i % 4 == 3
                ? RandomTraces.literal(i)
                : LineageItem.leaf(RandomTraces.operation("read", "fingerprint", "f" + i), "f" + i);
      }
    }

    /** Asks for the keys of some variables, as an interpreter does that probes its cache. */
    void ask() {
      for (LineageItem item : items) {
        if (asking != null && item != null && asking.nextInt(4) == 0) {
          item.key();
        }
      }
    }

    long inner() {
      return iterations.isEmpty() ? 0 : iterations.getLast();
    }
  }

  private record Assign(int target, Operation operation, int left, int right, int kind)
      implements Statement {
    @Override
    public void run(Execution e) {
      LineageItem[] items = e.items;
      LineageItem a = items[left];
      LineageItem b = items[right];
      items[target] =
          switch (kind) {
            case 0 -> a == null ? RandomTraces.literal(1) : LineageItem.of(UNARY[0], a);
            case 1 -> a;
            case 2 -> RandomTraces.literal(e.inner() * 3 + 1);
            case 3 -> LineageItem.literal(Scalar.of(0.5 * (e.inner() / 5)));
            case 4 -> null;
            case 5 -> drawn(Seeds.draw(e.seedBase, ++e.draws));
            case 9 -> drawn(e.inner() > 3 ? 7 : Seeds.draw(e.seedBase, ++e.draws));
            case 6 -> LineageItem.of(RandomTraces.operation("list"), orOne(a), orOne(b));
            case 7 ->
                a != null && !a.isLiteral() && a.name().equals("list") ? a.input(1) : orOne(a);
            case 8 ->
                LineageItem.leaf(
                    RandomTraces.operation("read", "fingerprint", "g" + e.inner() % 3),
                    "g" + e.inner() % 3);
            default -> LineageItem.of(operation, orOne(a), orOne(b));
          };
    }

    private static LineageItem drawn(long seed) {
      Operation rand = RandomTraces.operation("rand");
      LineageItem[] inputs = new LineageItem[rand.opcode().parameters().size()];
      Arrays.fill(inputs, RandomTraces.literal(3));
      inputs[rand.opcode().seedParameter()] = RandomTraces.literal(seed);
      return LineageItem.of(rand, inputs);
    }

    private static LineageItem orOne(LineageItem item) {
      return item == null ? RandomTraces.literal(1) : item;
    }

    @Override
    public void addWritten(TreeSet<Integer> slots) {
      slots.add(target);
    }
  }

  private record If(int modulus, int salt, List<Statement> then, List<Statement> otherwise)
      implements Statement {
    @Override
    public void run(Execution e) {
      long taken = (e.inner() * 0x9E3779B97F4A7C15L + salt) >>> 33;
      (taken % modulus == 0 ? then : otherwise).forEach(s -> s.run(e));
    }

    @Override
    public void addWritten(TreeSet<Integer> slots) {
      then.forEach(s -> s.addWritten(slots));
      otherwise.forEach(s -> s.addWritten(slots));
    }
  }

  private record Loop(
      int variable, int count, boolean growing, List<Statement> body, RunLoop[] known)
      implements Statement {
    @Override
    public void run(Execution e) {
      long times = growing ? e.inner() % 4 : count;
      long outerBase = e.seedBase;
      long base = Seeds.draw(e.seedBase, ++e.draws);
      long outerDraws = e.draws;
      if (known[0] == null) {
        TreeSet<Integer> written = new TreeSet<>();
        addWritten(written);
        known[0] = new RunLoop(SLOTS, written.stream().mapToInt(i -> i).toArray());
      }
      RunBuilder builder = e.deduplicated ? new RunBuilder(known[0], e.scope, base, e.items) : null;
      for (long i = 0; i < times; i++) {
        e.seedBase = Seeds.childBase(base, i);
        e.draws = 0;
        e.items[variable] = RandomTraces.literal(i + 1);
        e.iterations.add(i);
        body.forEach(s -> s.run(e));
        e.iterations.removeLast();
        if (builder != null) {
          builder.end(e.items, e.draws);
        }
        e.ask();
      }
      e.seedBase = outerBase;
      e.draws = outerDraws;
      if (builder != null) {
        builder.finish(e.items);
      }
    }

    @Override
    public void addWritten(TreeSet<Integer> slots) {
      slots.add(variable);
      body.forEach(s -> s.addWritten(slots));
    }
  }

  /** A function over the same variables; called outside of loops, it may be stored by itself. */
  private record Call(List<Statement> body, RunCall call) implements Statement {
    @Override
    public void run(Execution e) {
      RunCall.Entry entry =
          e.deduplicated && e.iterations.isEmpty() ? call.enter(e.scope, e.items) : null;
      body.forEach(s -> s.run(e));
      if (entry != null) {
        entry.end();
      }
    }

    @Override
    public void addWritten(TreeSet<Integer> slots) {
      body.forEach(s -> s.addWritten(slots));
    }
  }

  private Call function(List<Statement> body) {
    TreeSet<Integer> written = new TreeSet<>();
    body.forEach(s -> s.addWritten(written));
    int[] slots = written.stream().mapToInt(i -> i).toArray();
    return new Call(body, new RunCall(SLOTS, slots, 1));
  }

  /** A program that calls two functions, one of which calls the other, again and again. */
  List<Statement> programWithCalls() {
    Call first = function(block(1, 5));
    List<Statement> body = block(1, 3);
    body.add(first);
    body.addAll(block(1, 2));
    Call second = function(body);
    List<Statement> program = block(0, 3);
    for (int i = 0; i < 8; i++) {
      program.add(random.nextBoolean() ? first : second);
      program.addAll(block(0, random.nextInt(3)));
    }
    return program;
  }

  /** A program of a few statements, loops nested up to three deep. */
  List<Statement> program() {
    List<Statement> body = block(0, 4);
    body.add(loop(0));
    body.addAll(block(0, 3));
    return body;
  }

  private List<Statement> block(int depth, int size) {
    List<Statement> block = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int kind = random.nextInt(10);
      if (kind == 0 && depth < 3 && loops < 5) {
        block.add(loop(depth));
      } else if (kind <= 2 && depth > 0) {
        block.add(
            new If(2 + random.nextInt(3), random.nextInt(), block(depth, 2), block(depth, 1)));
      } else {
        block.add(
            new Assign(
                random.nextInt(SLOTS),
                BINARY[random.nextInt(BINARY.length)],
                random.nextInt(SLOTS),
                random.nextInt(SLOTS),
                random.nextInt(18)));
      }
    }
    return block;
  }

  private Statement loop(int depth) {
    loops++;
    return new Loop(
        random.nextInt(SLOTS),
        depth == 0 ? 3 + random.nextInt(30) : random.nextInt(5),
        depth > 0 && random.nextInt(3) == 0,
        block(depth + 1, 1 + random.nextInt(5)),
        new RunLoop[1]);
  }

  static LineageItem[] execute(List<Statement> program, boolean deduplicated) {
    return execute(program, new Execution(deduplicated, null));
  }

  /** As {@link #execute}, deduplicated, but keys are asked for while the loops go on. */
  static LineageItem[] executeAsking(List<Statement> program, long seed) {
    return execute(program, new Execution(true, new Random(seed)));
  }

  /** What the variables are before a program; sources have names that begin like that. */
  static LineageItem[] firsts(String name) {
    LineageItem[] firsts = new Execution(false, null).items;
    for (int i = 0; i < SLOTS; i++) {
      if (!firsts[i].isLiteral()) {
        firsts[i] =
            LineageItem.leaf(RandomTraces.operation("read", "fingerprint", name + i), name + i);
      }
    }
    return firsts;
  }

  /** As {@link #execute}, from other first values. */
  static LineageItem[] executeFrom(
      LineageItem[] firsts, List<Statement> program, boolean deduplicated) {
    Execution execution = new Execution(deduplicated, null);
    System.arraycopy(firsts, 0, execution.items, 0, SLOTS);
    return execute(program, execution);
  }

  private static LineageItem[] execute(List<Statement> program, Execution execution) {
    program.forEach(s -> s.run(execution));
    return execution.items;
  }
}
