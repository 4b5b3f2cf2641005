package dev.reprise.engine.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A written time line, read again and checked to be one that viewers accept. */
public final class RecordedFile {
  /** A span or moment; times in nanoseconds. */
  public record Recorded(
      String track, String category, String name, String at, long start, long end, long count) {}

  private final JsonNode json;
  private final Map<String, String> tracks = new HashMap<>();
  private final List<Recorded> events = new ArrayList<>();

  public RecordedFile(Path file) {
    try {
      json = new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (JsonNode event : json.get("traceEvents")) {
      if (event.get("ph").asText().equals("M")) {
        noteTrack(event);
      } else {
        events.add(recorded(event));
      }
    }
    checkThatSpansNest();
  }

  private void noteTrack(JsonNode event) {
    if (event.get("name").asText().equals("thread_name")) {
      tracks.put(track(event), event.get("args").get("name").asText());
    } else {
      assertThat(event.get("name").asText()).isEqualTo("process_name");
    }
  }

  private static String track(JsonNode event) {
    return event.get("pid").asLong() + "/" + event.get("tid").asLong();
  }

  private static Recorded recorded(JsonNode event) {
    boolean span = event.get("ph").asText().equals("X");
    if (!span) {
      assertThat(event.get("ph").asText()).isEqualTo("i");
      assertThat(event.get("s").asText()).isEqualTo("t");
    }
    long start = nanos(event.get("ts"));
    JsonNode at = event.get("args").get("at");
    return new Recorded(
        track(event),
        event.get("cat").asText(),
        event.get("name").asText(),
        at == null ? null : at.asText(),
        start,
        span ? start + nanos(event.get("dur")) : start,
        event.get("args").get("count").asLong());
  }

  private static long nanos(JsonNode micros) {
    assertThat(micros.isNumber()).isTrue();
    return micros.decimalValue().movePointRight(3).longValueExact();
  }

  private void checkThatSpansNest() {
    Map<String, List<Recorded>> byTrack =
        events.stream().collect(Collectors.groupingBy(Recorded::track));
    byTrack.forEach((track, all) -> {
      assertThat(tracks).containsKey(track);
      Deque<Recorded> around = new ArrayDeque<>();
      all.stream()
          .sorted(
              Comparator.comparingLong(Recorded::start)
                  .thenComparing(Comparator.comparingLong(Recorded::end).reversed()))
          .forEach(event -> {
            while (!around.isEmpty() && around.peek().end <= event.start) {
              around.pop();
            }
            if (!around.isEmpty()) {
              assertThat(event.end)
                  .as("%s in %s", event, around.peek())
                  .isLessThanOrEqualTo(around.peek().end);
            }
            if (event.end > event.start) {
              around.push(event);
            }
          });
    });
  }

  public List<Recorded> events() {
    return events;
  }

  /** How many things of that category happened, groups by their counts. */
  public long count(String category) {
    return count(event -> event.category.equals(category));
  }

  public long count(Predicate<Recorded> which) {
    return events.stream().filter(which).mapToLong(Recorded::count).sum();
  }

  /** Of the tracks that have such events; a name occurs once for each of its tracks. */
  public List<String> tracksOf(String category) {
    Set<String> with =
        events.stream()
            .filter(event -> event.category.equals(category))
            .map(Recorded::track)
            .collect(Collectors.toSet());
    return with.stream().map(tracks::get).sorted().toList();
  }

  public List<String> tracks() {
    return tracks.values().stream().sorted().toList();
  }

  public long dropped() {
    return json.get("otherData").get("dropped").asLong();
  }
}
