package dev.reprise.engine.stored;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.engine.stored.ModelSearch.Look;
import dev.reprise.lineage.Key;
import dev.reprise.store.ScoredModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which models are looked at, and when no more are; time is what the test says. */
class ModelSearchTest {
  private static final Key DATA = new Key(1, 1);

  private final List<Long> looked = new ArrayList<>();
  private final List<Integer> late = new ArrayList<>();
  private long now;
  private long nanosPerLook;
  private final ModelSearch search = new ModelSearch(() -> now);

  private static List<ScoredModel> models(int count) {
    return LongStream.range(0, count)
        .mapToObj(number -> new ScoredModel(number + 1, new Key(9, number), -number))
        .toList();
  }

  private String first(int count, Key data, Look<String> answer) {
    looked.clear();
    return search.first(
        models(count),
        data,
        model -> {
          looked.add(model.key().low());
          now += nanosPerLook;
          return answer;
        },
        late::add);
  }

  @Test
  void theFirstThatSuitsEndsTheSearch() {
    assertThat(first(3, DATA, Look.at("it"))).isEqualTo("it");
    assertThat(looked).containsExactly(0L);
  }

  @Test
  void whatDoesNotComeFromTheDataIsLookedAtOnceForThem() {
    assertThat(first(3, DATA, Look.foreign())).isNull();
    assertThat(looked).containsExactly(0L, 1L, 2L);
    assertThat(first(4, DATA, Look.unsuited())).isNull();
    assertThat(looked).containsExactly(3L);
    // It has another shape, which the next question may have, too.
    assertThat(first(4, DATA, Look.at("it"))).isEqualTo("it");
    assertThat(looked).containsExactly(3L);
    assertThat(first(3, new Key(1, 2), Look.unsuited())).isNull();
    assertThat(looked).containsExactly(0L, 1L, 2L);
    assertThat(late).isEmpty();
  }

  @Test
  void afterTheTimeOfOneQuestionNoMoreAreLookedAtAndThatIsTold() {
    nanosPerLook = ModelSearch.MOST_NANOS / 4 + 1;
    assertThat(first(100, DATA, Look.foreign())).isNull();
    assertThat(looked).hasSize(4);
    assertThat(late).containsExactly(4);
    // The next question has its own time, and goes on after what is known.
    assertThat(first(100, DATA, Look.foreign())).isNull();
    assertThat(looked).containsExactly(4L, 5L, 6L, 7L);
    nanosPerLook = 1;
    assertThat(first(12, DATA, Look.foreign())).isNull();
    assertThat(looked).containsExactly(8L, 9L, 10L, 11L);
    assertThat(late).containsExactly(4, 4);
  }

  @Test
  void oneModelIsLookedAtHoweverLongThatTakes() {
    nanosPerLook = 10 * ModelSearch.MOST_NANOS;
    assertThat(first(1, DATA, Look.unsuited())).isNull();
    assertThat(looked).hasSize(1);
    assertThat(late).isEmpty();
  }
}
