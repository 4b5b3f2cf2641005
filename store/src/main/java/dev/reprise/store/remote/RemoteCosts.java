package dev.reprise.store.remote;

import dev.reprise.lineage.Key;
import dev.reprise.store.DeviceCost;
import dev.reprise.store.MeasuredCosts;
import dev.reprise.store.exchange.ChangeReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks a server for costs, many at a time. */
final class RemoteCosts {
  private RemoteCosts() {}

  /** Nothing of a server that does not know costs by classes of devices. */
  static Map<Key, MeasuredCosts> of(ServerConnection connection, Collection<Key> vertices) {
    Map<Key, MeasuredCosts> found = new HashMap<>();
    if (!connection.knowsCosts()) {
      return found;
    }
    try {
      for (List<Key> some : KeyPortions.of(vertices)) {
        byte[] question = KeyPortions.question(some);
        read(connection.send("POST", "/v1/costs", question).body(), found);
      }
    } catch (IOException e) {
      throw connection.garbled(e);
    }
    return found;
  }

  private static void read(byte[] answer, Map<Key, MeasuredCosts> found) throws IOException {
    ChangeReader in = new ChangeReader(new ByteArrayInputStream(answer));
    long vertices = in.number();
    for (long i = 0; i < vertices; i++) {
      Key vertex = in.key();
      long least = in.number();
      long devices = in.number();
      List<DeviceCost> byDevice = new ArrayList<>();
      for (long j = 0; j < devices; j++) {
        byDevice.add(in.cost());
      }
      found.put(vertex, new MeasuredCosts(least, byDevice));
    }
  }
}
