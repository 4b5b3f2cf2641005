package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.literal;
import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TraceQueryTest {
  private final LineageItem x = LineageItem.leaf(operation("read", "fingerprint", "1"), "X.csv");
  private final LineageItem y = LineageItem.leaf(operation("read", "fingerprint", "2"), "y.csv");
  private final LineageItem gram = LineageItem.of(operation("tsmm"), x);
  private final LineageItem moment = LineageItem.of(operation("matmul"), x, y);
  private final LineageItem model = LineageItem.of(operation("solve"), gram, moment);
  private final LineageItem norm = LineageItem.of(operation("*"), gram, literal(2));
  private final Trace trace = Trace.of(new TreeMap<>(Map.of("B", model, "norm", norm)));
  private final TraceQuery query = new TraceQuery(trace);

  @Test
  void leavesAndSourcesAreWhereTheTraceBegins() {
    assertThat(query.sources()).containsExactly(x, y);
    assertThat(query.leaves()).hasSize(3).contains(x, y);
  }

  @Test
  void histogramCountsItemsByOpcode() {
    assertThat(query.histogram())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("read", 2L, "tsmm", 1L, "matmul", 1L, "solve", 1L, "*", 1L, "literal", 1L));
  }

  @Test
  void ancestorsAndDescendantsFollowTheData() {
    assertThat(query.ancestors(model)).containsExactlyInAnyOrder(x, gram, y, moment);
    assertThat(query.ancestors(x)).isEmpty();
    assertThat(query.descendants(gram)).containsExactlyInAnyOrder(model, norm);
    assertThat(query.descendants(literal(99))).isEmpty();
    assertThat(query.ancestors(literal(99))).isEmpty();
  }

  @Test
  void outputsReachedByAnInputAreNamed() {
    assertThat(query.outputsReachedBy(y)).containsExactly("B");
    assertThat(query.outputsReachedBy(x)).containsExactly("B", "norm");
    assertThat(query.outputsReachedBy(literal(99))).isEmpty();
  }

  @Test
  void ancestorsAgreeWithAWalkOnRandomTraces() {
    for (long seed = 0; seed < 50; seed++) {
      Trace random = Trace.of(new RandomTraces(seed).next(150));
      TraceQuery asked = new TraceQuery(random);
      LineageItem item = random.item(random.size() / 2);
      Set<Key> walked = new HashSet<>();
      ArrayDeque<LineageItem> pending = new ArrayDeque<>(Set.of(item));
      while (!pending.isEmpty()) {
        LineageItem next = pending.pop();
        for (int i = 0; i < next.inputCount(); i++) {
          if (walked.add(next.input(i).key())) {
            pending.push(next.input(i));
          }
        }
      }
      assertThat(asked.ancestors(item).stream().map(LineageItem::key))
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(walked);
      assertThat(asked.descendants(random.item(0)))
          .as("seed %d", seed)
          .allMatch(user -> asked.ancestors(user).stream().anyMatch(random.item(0)::sameAs));
    }
  }

  @Test
  void aPlanRunsInputsFirstAndCountsEveryUse() {
    ReplayPlan plan = ReplayPlan.of(trace);
    assertThat(plan.size()).isEqualTo(7);
    assertThat(plan.uses(plan.stepOf(x))).isEqualTo(2);
    assertThat(plan.uses(plan.stepOf(gram))).isEqualTo(2);
    assertThat(plan.uses(plan.stepOf(model))).isEqualTo(1);
  }

  @Test
  void afterAReplayNoValueIsLeftButTheOutputs() {
    for (long seed = 0; seed < 100; seed++) {
      ReplayPlan plan = ReplayPlan.of(Trace.of(new RandomTraces(seed).next(150)));
      int[] uses = plan.copyOfUses();
      for (int step = 0; step < plan.size(); step++) {
        assertThat(plan.inputCount(step)).isEqualTo(plan.item(step).inputCount());
        for (int i = 0; i < plan.inputCount(step); i++) {
          int input = plan.input(step, i);
          assertThat(input).isLessThan(step);
          assertThat(plan.item(input).sameAs(plan.item(step).input(i))).isTrue();
          assertThat(uses[input]--).as("freed too early, seed %d", seed).isPositive();
        }
      }
      int output = plan.stepOf(plan.trace().output());
      for (int step = 0; step < plan.size(); step++) {
        assertThat(uses[step]).as("seed %d", seed).isEqualTo(step == output ? 1 : 0);
      }
    }
  }

  @Test
  void collisionsAreFoundByTheStructureCheck() throws Exception {
    LineageItem forged = LineageItem.of(operation("*"), gram, literal(3));
    forge(forged, norm.key());
    LineageItem left = LineageItem.of(operation("rev"), norm);
    LineageItem right = LineageItem.of(operation("rev"), forged);
    forge(right.input(0).input(1), literal(2).key());
    assertThat(left.sameAs(right)).isTrue();
    assertThatThrownBy(() -> StructureCheck.verify(left, right))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("literal integer 2")
        .hasMessageContaining("literal integer 3");
    StructureCheck.verify(left, model);
  }

  private static void forge(LineageItem item, Key key) throws Exception {
    for (String half : new String[] {"keyHigh", "keyLow"}) {
      Field field = LineageItem.class.getDeclaredField(half);
      field.setAccessible(true);
      field.setLong(item, half.equals("keyHigh") ? key.high() : key.low());
    }
  }
}
