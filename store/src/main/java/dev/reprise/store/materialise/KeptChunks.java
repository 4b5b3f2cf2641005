package dev.reprise.store.materialise;

import java.util.BitSet;

/** A set of artifacts and the chunks that they need, each counted once. */
final class KeptChunks {
  private final ArtifactGraph graph;
  private final int[] uses;
  private final BitSet kept = new BitSet();
  private long bytes;

  KeptChunks(ArtifactGraph graph) {
    this.graph = graph;
    this.uses = new int[graph.chunkCount()];
  }

  boolean keeps(int vertex) {
    return kept.get(vertex);
  }

  BitSet kept() {
    return kept;
  }

  long bytes() {
    return bytes;
  }

  /** What keeping the artifact takes in addition. */
  long missingBytes(int vertex) {
    if (kept.get(vertex)) {
      return 0;
    }
    long missing = 0;
    for (int at = graph.firstChunk(vertex); at < graph.firstChunk(vertex + 1); at++) {
      int chunk = graph.chunkAt(at);
      missing += uses[chunk] == 0 ? graph.chunkBytes(chunk) : 0;
    }
    return missing;
  }

  void add(int vertex) {
    if (!kept.get(vertex)) {
      bytes += missingBytes(vertex);
      kept.set(vertex);
      for (int at = graph.firstChunk(vertex); at < graph.firstChunk(vertex + 1); at++) {
        uses[graph.chunkAt(at)]++;
      }
    }
  }

  void remove(int vertex) {
    if (kept.get(vertex)) {
      kept.clear(vertex);
      for (int at = graph.firstChunk(vertex); at < graph.firstChunk(vertex + 1); at++) {
        uses[graph.chunkAt(at)]--;
      }
      bytes -= missingBytes(vertex);
    }
  }

  Selection selection() {
    return new Selection(kept, bytes);
  }
}
