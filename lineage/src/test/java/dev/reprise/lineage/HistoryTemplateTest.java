package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A history is made again over other inputs, and is what it would have been of these. */
class HistoryTemplateTest {
  private static final Operation PLUS = RandomTraces.operation("+");
  private static final Operation T = RandomTraces.operation("t");

  private static LineageItem source(String fingerprint) {
    return LineageItem.leaf(
        RandomTraces.operation("bound", "fingerprint", fingerprint), "bound as " + fingerprint);
  }

  /** All inputs vary, and no run was made by the execution. */
  private static HistoryTemplate template(LineageItem[] outputs, LineageItem[] inputs) {
    boolean[] vary = new boolean[inputs.length];
    Arrays.fill(vary, true);
    return HistoryTemplate.of(outputs, inputs, vary, new RunScope().now());
  }

  /** What a body of straight code makes of its inputs. */
  private static LineageItem[] body(long seed, LineageItem[] inputs) {
    Random random = new Random(seed);
    List<LineageItem> made = new ArrayList<>(List.of(inputs));
    for (int i = 0; i < 40; i++) {
      LineageItem a = made.get(random.nextInt(made.size()));
      LineageItem b = made.get(random.nextInt(made.size()));
      made.add(
          switch (random.nextInt(6)) {
            case 0 -> LineageItem.literal(Scalar.of(random.nextInt(3)));
            case 1 -> LineageItem.of(T, a);
            case 2 -> LineageItem.of(RandomTraces.operation("ifelse"), a, b, a);
            case 3 -> LineageItem.of(RandomTraces.operation("list"), a, b, b, a, made.getFirst());
            default -> LineageItem.of(PLUS, a, b);
          });
    }
    return new LineageItem[] {made.get(20), null, made.getLast(), inputs[1], made.get(30)};
  }

  @Test
  void straightCodeOverOtherInputsHasTheirHistory() {
    for (long seed = 0; seed < 1_000; seed++) {
      LineageItem[] inputs = {source("a"), source("b"), LineageItem.of(T, source("c"))};
      LineageItem[] others = {LineageItem.of(T, source("d")), source("e"), source("f")};
      HistoryTemplate template = template(body(seed, inputs), inputs);
      LineageItem[] expected = body(seed, others);
      LineageItem[] made = template.over(others, new RunScope());
      for (int i = 0; i < expected.length; i++) {
        if (expected[i] == null) {
          assertThat(made[i]).isNull();
        } else {
          String what = "seed %d, output %d".formatted(seed, i);
          assertThat(made[i].key()).as(what).isEqualTo(expected[i].key());
          assertThat(made[i].height()).as(what).isEqualTo(expected[i].height());
        }
      }
    }
  }

  @Test
  void loopsAndCallsOverOtherInputsHaveTheirHistory() {
    int templates = 0;
    int runs = 0;
    for (long seed = 0; seed < 600; seed++) {
      LineageItem[] inputs = LoopPrograms.firsts("a");
      LineageItem[] others = LoopPrograms.firsts("b");
      List<LoopPrograms.Statement> program = new LoopPrograms(seed).programWithCalls();
      LineageItem[] stored = LoopPrograms.executeFrom(inputs, program, true);
      HistoryTemplate template = template(stored, inputs);
      LineageItem[] expected = LoopPrograms.executeFrom(others, program, false);
      if (template == null) {
        continue;
      }
      templates++;
      LineageItem[] made = template.over(others, new RunScope());
      for (int i = 0; i < made.length; i++) {
        assertThat(made[i] == null).isEqualTo(expected[i] == null);
        if (made[i] != null) {
          runs += made[i].isOfRun() ? 1 : 0;
          assertThat(made[i].key()).as("seed %d, %d", seed, i).isEqualTo(expected[i].key());
        }
      }
    }
    assertThat(templates).isGreaterThan(200);
    assertThat(runs).isGreaterThan(1_000);
  }

  @Test
  void whatWasCutHasNone() {
    LineageItem input = source("a");
    LineageItem cut = TraceCut.of(LineageItem.of(T, input));
    LineageItem[] inputs = {input};
    LineageItem[] outputs = {LineageItem.of(T, cut)};
    assertThat(template(outputs, inputs)).isNull();
    // An input may be cut.
    assertThat(template(outputs, new LineageItem[] {cut})).isNotNull();
  }

  @Test
  void inputsAreFoundByTheirKey() {
    LineageItem input = LineageItem.of(T, source("a"));
    LineageItem other = LineageItem.of(T, source("a"));
    LineageItem[] outputs = {LineageItem.of(PLUS, input, other)};
    LineageItem now = source("b");
    LineageItem[] made =
        template(outputs, new LineageItem[] {input}).over(new LineageItem[] {now}, new RunScope());
    assertThat(made[0].key()).isEqualTo(LineageItem.of(PLUS, now, now).key());
  }

  @Test
  void whatDependsOnNoInputStaysTheItemThatItWas() {
    LineageItem constant = LineageItem.of(T, source("c"));
    LineageItem[] outputs = {constant};
    LineageItem[] inputs = {source("a")};
    HistoryTemplate template = template(outputs, inputs);
    assertThat(template.over(inputs, new RunScope())[0]).isSameAs(constant);
  }

  /** A loop of 50 iterations in a scope: {@code x = t(x) + x}. */
  private static RunItem loop(LineageItem first, RunScope scope) {
    LineageItem[] items = {first};
    RunBuilder builder = new RunBuilder(new RunLoop(1, new int[] {0}), scope, 0, items);
    for (int i = 0; i < 50; i++) {
      items[0] = LineageItem.of(PLUS, LineageItem.of(T, items[0]), items[0]);
      builder.end(items, 0);
    }
    builder.finish(items);
    return (RunItem) items[0];
  }

  private static Run runOf(LineageItem sum) {
    return ((RunItem) sum.input(0)).run;
  }

  @Test
  void earlierRunsThatDoNotVaryAreNotMadeAgain() {
    RunScope scope = new RunScope();
    LineageItem given = source("w");
    RunItem trained = loop(given, scope);
    RunScope.Since execution = scope.now();
    RunItem inside = loop(LineageItem.of(T, given), scope);
    LineageItem[] inputs = {source("a"), given};
    LineageItem[] outputs = {
      LineageItem.of(PLUS, trained, inputs[0]), LineageItem.of(PLUS, inside, inputs[0])
    };
    // The second input goes by its key: it varies by no more than the object that it is.
    HistoryTemplate template =
        HistoryTemplate.of(outputs, inputs, new boolean[] {true, false}, execution);
    LineageItem[] others = {source("b"), source("w")};
    LineageItem[] made = template.over(others, new RunScope());
    assertThat(made[0].input(0)).isSameAs(trained);
    // An execution would have made its own run; the key is known without its iterations.
    assertThat(runOf(made[1])).isNotSameAs(inside.run);
    assertThat(made[1].input(0).hasKey()).isTrue();
    assertThat(made[1].input(0).key())
        .isEqualTo(loop(LineageItem.of(T, others[1]), new RunScope()).key());
    assertThat(made[1].input(0).height()).isEqualTo(inside.height());
    // Both sums, the run inside, what it begins with and its place.
    assertThat(template.size()).isEqualTo(5);

    // When it varies, both are.
    HistoryTemplate varying = template(outputs, inputs);
    LineageItem other = source("v");
    LineageItem[] anew = varying.over(new LineageItem[] {others[0], other}, new RunScope());
    assertThat(runOf(anew[0])).isNotSameAs(trained.run);
    assertThat(anew[0].input(0).key()).isEqualTo(loop(other, new RunScope()).key());
    assertThat(anew[1].input(0).key())
        .isEqualTo(loop(LineageItem.of(T, other), new RunScope()).key());
  }

  @Test
  void longHistoriesHaveNone() {
    LineageItem input = source("a");
    LineageItem item = input;
    for (int i = 0; i < HistoryTemplate.MOST_NODES; i++) {
      item = LineageItem.of(T, item);
    }
    LineageItem[] inputs = {input};
    assertThat(template(new LineageItem[] {item}, inputs)).isNull();
    assertThat(template(new LineageItem[] {item.input(0).input(0)}, inputs)).isNotNull();
  }
}
