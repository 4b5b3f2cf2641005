package dev.reprise.engine.stored;

import dev.reprise.lineage.ItemText;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.TraceCut;
import dev.reprise.runtime.Value;
import dev.reprise.store.Artifact;
import dev.reprise.store.Experiments;
import dev.reprise.store.StoreException;
import dev.reprise.store.Vertex;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * How one value of a store came to be, put together from what the store knows:
 *
 * <ol>
 *   <li>the graph, as far as it was recorded and is still there;
 *   <li>where it has gaps, the traces that runs have left of what they wrote and scored;
 *   <li>where these do not help, contents of this build: the history begins there, and whoever asks
 *       is told.
 * </ol>
 *
 * <p>For one replay.
 */
public final class StoredHistory {
  /** Begins the names of values that messages show. */
  private static final int NAMED = 3;

  private final LineageItem item;
  private final Map<Key, Artifact> contents;
  private final KeptContents kept;
  private final Loading loading;

  private StoredHistory(
      LineageItem item, Map<Key, Artifact> contents, KeptContents kept, Loading loading) {
    this.item = item;
    this.contents = contents;
    this.kept = kept;
    this.loading = loading;
  }

  /**
   * The history of a value.
   *
   * @param loading of contents
   * @param tell takes a note when contents stand for a part of it
   * @throws StoreException when not enough of it is known
   */
  static StoredHistory of(
      Key value,
      Experiments experiments,
      KeptContents kept,
      Loading loading,
      Consumer<String> tell) {
    GraphHistory graph = GraphHistory.of(value, experiments);
    HistoryItems items = new HistoryItems(value, graph);
    if (items.item() == null) {
      items.build(new LeftTraces(experiments).of(items.gaps()));
    }
    Map<Key, Artifact> contents = new HashMap<>();
    if (items.item() == null) {
      contents = kept.of(items.hollow());
      items.build(standIns(contents.keySet()));
    }
    if (items.item() == null) {
      throw unknown(value, graph, items, experiments);
    }
    contents.keySet().retainAll(items.leaves());
    if (!contents.isEmpty()) {
      tell.accept(
          "how "
              + names(contents.keySet())
              + " came to be is not known any more; what the store keeps of "
              + (contents.size() == 1 ? "it" : "them")
              + " is loaded");
    }
    return new StoredHistory(items.item(), contents, kept, loading);
  }

  private static Map<Key, LineageItem> standIns(Collection<Key> keys) {
    return keys.stream().collect(Collectors.toMap(key -> key, TraceCut::of));
  }

  private static StoreException unknown(
      Key value, GraphHistory graph, HistoryItems items, Experiments experiments) {
    return new StoreException(
        "the value of lineage "
            + value
            + " cannot be replayed from the experiment store "
            + experiments.name()
            + ": "
            + known(value, graph, items)
            + "; no trace of a run has it, and no content that this build of Reprise has kept"
            + " stands for it. A run with this store that writes the value, or scores it, leaves"
            + " its whole history");
  }

  /** How far the history is known. */
  private static String known(Key value, GraphHistory graph, HistoryItems items) {
    if (graph.vertex(value) == null) {
      return "it is not in the graph";
    }
    Key gap = items.gaps().iterator().next();
    if (gap.equals(value)) {
      return "its row in the graph does not say how it was made";
    }
    return "of the "
        + graph.size()
        + " values of it that the graph has, "
        + users(graph, items, gap)
        + " made of "
        + names(items.gaps())
        + ", of which nothing more is known";
  }

  private static String users(GraphHistory graph, HistoryItems items, Key gap) {
    for (Key each : items.hollow()) {
      Vertex vertex = graph.vertex(each);
      if (vertex != null && vertex.inputs().contains(gap)) {
        return "'" + ItemText.forPeople(vertex.operation()) + "' (lineage " + each + ") is";
      }
    }
    return "one is";
  }

  /** The first of some lineages, and how many more there are. */
  private static String names(Collection<Key> keys) {
    String first = keys.stream().limit(NAMED).map(Key::toString).collect(Collectors.joining(", "));
    return "lineage "
        + first
        + (keys.size() <= NAMED ? "" : " and " + (keys.size() - NAMED) + " more");
  }

  /** The value's item; those for which contents stand are {@linkplain TraceCut cut}. */
  public LineageItem item() {
    return item;
  }

  /**
   * The content that stands for an item, with a reference for the receiver.
   *
   * @throws StoreException when it is damaged or gone
   */
  public Value content(LineageItem cut) {
    Artifact artifact = contents.get(cut.key());
    if (artifact == null) {
      throw new StoreException(
          "how the value of lineage " + cut.key() + " came to be was given up for lack of memory");
    }
    return loaded(cut, artifact);
  }

  /**
   * What the store keeps of the value itself, likewise.
   *
   * @throws StoreException when it keeps nothing by this build, or nothing else
   */
  public Value kept(LineageItem value) {
    if (contents.containsKey(value.key())) {
      throw new StoreException(
          "there is nothing to compare the value of lineage "
              + value.key()
              + " with: how it came"
              + " to be is not known, only its content");
    }
    Artifact artifact = kept.of(List.of(value.key())).get(value.key());
    if (artifact == null) {
      throw new StoreException(
          "there is nothing to compare with: the store keeps no content of lineage "
              + value.key()
              + " that is known to be of this build of Reprise");
    }
    return loaded(value, artifact);
  }

  private Value loaded(LineageItem value, Artifact artifact) {
    Value content = loading.deferred(value, artifact);
    if (content == null) {
      throw new StoreException(
          "the content of lineage "
              + value.key()
              + " cannot be loaded; 'reprise experiments fsck' says more");
    }
    return content;
  }
}
