package dev.reprise.store.remote;

import dev.reprise.lineage.Key;
import dev.reprise.store.Keys;
import dev.reprise.store.Layout;
import dev.reprise.store.PieceFiles;
import dev.reprise.store.PieceSource;
import dev.reprise.store.exchange.ChangeReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Pieces of one content, fetched from a server as they are packed, those that are read next
 * together. For one thread, which reads them in order; holds as many as one answer has.
 */
final class RemotePieces implements PieceSource {
  /** An answer has fewer when they are long. */
  private static final int ASKED_AT_ONCE = 1_024;

  private final ServerConnection connection;
  private final List<Key> order;

  /** Where in the order the last piece was read. */
  private int at;

  private final Map<Key, byte[]> files = new HashMap<>();

  RemotePieces(ServerConnection connection, Layout layout) {
    this.connection = connection;
    this.order = layout.pieces();
  }

  @Override
  public void read(Key hash, int length, int start, byte[] into, int from, int count)
      throws IOException {
    while (at < order.size() - 1 && !order.get(at).equals(hash)) {
      at++;
    }
    if (!files.containsKey(hash)) {
      fetch(hash);
    }
    byte[] file = files.get(hash);
    if (file == null) {
      throw new NoSuchFileException(hash.toString());
    }
    PieceFiles.unpack(hash, file, length, start, into, from, count);
  }

  private void fetch(Key first) throws IOException {
    Set<Key> next = new LinkedHashSet<>();
    next.add(first);
    for (int i = at; i < order.size() && next.size() < ASKED_AT_ONCE; i++) {
      next.add(order.get(i));
    }
    List<Key> asked = new ArrayList<>(next);
    byte[] keys = new byte[Keys.LENGTH * asked.size()];
    for (int i = 0; i < asked.size(); i++) {
      System.arraycopy(Keys.bytes(asked.get(i)), 0, keys, Keys.LENGTH * i, Keys.LENGTH);
    }
    byte[] answer = connection.send("POST", "/v1/pieces", keys).body();
    files.clear();
    ByteArrayInputStream left = new ByteArrayInputStream(answer);
    ChangeReader in = new ChangeReader(left);
    for (int i = 0; left.available() > 0 && i < asked.size(); i++) {
      files.put(asked.get(i), in.bytesOrNull());
    }
  }
}
