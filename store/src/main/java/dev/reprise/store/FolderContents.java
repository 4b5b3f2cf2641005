package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * The contents of a folder's artifacts: in a row of the graph, in a file, or in pieces that other
 * contents have as well. Thread-safe.
 */
final class FolderContents {
  private final GraphDatabase database;
  private final ArtifactFiles files;
  private final PieceFiles pieces;

  FolderContents(GraphDatabase database, ArtifactFiles files, PieceFiles pieces) {
    this.database = database;
    this.files = files;
    this.pieces = pieces;
  }

  Path fileOf(Artifact artifact) {
    return files.of(artifact.hash());
  }

  /** Maps a content that lies in a file, puts together one that lies in pieces. */
  MemorySegment of(Artifact artifact, Arena arena) throws IOException {
    if (artifact.isInline()) {
      return MemorySegment.ofArray(artifact.content());
    }
    Layout layout = layoutOf(artifact.hash());
    if (layout != null) {
      if (layout.bytes() != artifact.bytes()) {
        throw new DamagedContentException("the layout of a content was damaged");
      }
      MemorySegment content = arena.allocate(layout.bytes());
      MemorySegment.copy(
          layout.header(), 0, content, ValueLayout.JAVA_BYTE, 0, layout.header().length);
      new PieceReader(pieces, layout).read(content.asSlice(layout.header().length));
      return content;
    }
    try (FileChannel channel = FileChannel.open(fileOf(artifact), StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  TableContent tableOf(Artifact artifact) throws IOException {
    Layout layout = artifact.isInline() ? null : layoutOf(artifact.hash());
    if (layout == null || layout.cellBytes() == 1) {
      return null;
    }
    return new TableContent() {
      @Override
      public byte[] header() {
        return layout.header();
      }

      @Override
      public void cellsInto(MemorySegment cells) throws IOException {
        new PieceReader(pieces, layout).read(cells);
      }
    };
  }

  /** The first bytes of a matrix that lies in pieces; null where they are not known so. */
  byte[] headerOf(Artifact artifact) {
    try {
      Layout layout = layoutOf(artifact.hash());
      return layout == null || layout.bytes() != artifact.bytes() ? null : layout.header();
    } catch (IOException | StoreException e) {
      // Whoever loads the content finds out.
      return null;
    }
  }

  /** How a content lies in pieces; null when it does not. */
  Layout layoutOf(Key hash) throws IOException {
    try {
      return database.ask(session -> {
        try {
          return new LaidContents(session, pieces).find(hash);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (StoreException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Takes the pieces of a content that the store does not have yet. */
  PieceWriter newPieces() {
    return new PieceWriter(
        piece -> database.ask(session -> new LaidContents(session, pieces).isThere(piece)),
        files::draft);
  }

  /** Found before the graph is locked, since all bytes are looked at. */
  Map<Key, Integer> damagedPiecesOf(Artifact artifact) {
    try {
      Layout layout = artifact.isInline() ? null : layoutOf(artifact.hash());
      return layout == null ? Map.of() : pieces.damagedOf(layout);
    } catch (IOException e) {
      return Map.of();
    }
  }
}
