package dev.reprise.store.materialise;

import dev.reprise.lineage.Key;
import dev.reprise.store.plan.PlanGraph;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What choosing artifacts needs to know of the experiment graph: of every vertex what it costs to
 * compute on each device class, its chunks, how often runs had it, and how good a model it is.
 *
 * <p>Vertices are numbered as they are added, inputs before consumers. A run is merged by adding
 * what is new and counting what is not; recreation costs and potentials follow: a new vertex costs
 * its ancestors up to {@link #EXACT_ANCESTORS}, a better model the ancestors that it improves.
 *
 * <p>Not safe for several threads.
 */
public final class ArtifactGraph {
  /** A device class on which an operation was never measured. */
  public static final long UNMEASURED = -1;

  /** A vertex with no more ancestors than this knows its recreation cost exactly. */
  public static final int EXACT_ANCESTORS = 128;

  private final LoadCost loadCost;
  private final double[] classShares;
  private final Map<Key, Integer> chunkNumbers = new HashMap<>();
  private long[] chunkBytes = new long[16];
  private int chunks;
  private long allBytes;

  private int size;
  private long totalNanos;
  private long[] computeNanos = new long[16];
  private long[] bytes = new long[16];
  private boolean[] isStorable = new boolean[16];
  private double[] frequency = new double[16];
  private double[] potential = new double[16];
  private int[] inputStart = new int[17];
  private int[] inputs = new int[32];
  private int[] chunkStart = new int[17];
  private int[] chunkOf = new int[32];

  private final RecreationCosts recreation = new RecreationCosts(this);

  /**
   * @param classShares how much of what is to come each device class will compute; one class if
   *     none is given
   */
  public ArtifactGraph(LoadCost loadCost, double... classShares) {
    this.loadCost = loadCost;
    this.classShares = classShares.length == 0 ? new double[] {1} : classShares.clone();
    for (double share : this.classShares) {
      requireQuantity("share of a device class", share);
    }
  }

  private static void requireQuantity(String name, double value) {
    if (!(value >= 0 && value <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException("a " + name + " must be 0 or more, found " + value);
    }
  }

  /**
   * The number of the chunk with this content; the same for the same hash.
   *
   * @throws IllegalArgumentException if it was given with another size before
   */
  public int chunk(Key hash, long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a chunk cannot have " + bytes + " bytes");
    }
    Integer known = chunkNumbers.get(hash);
    if (known == null) {
      known = addChunk(bytes);
      chunkNumbers.put(hash, known);
    } else if (chunkBytes[known] != bytes) {
      throw new IllegalArgumentException(
          "chunk " + hash + " had " + chunkBytes[known] + " bytes, now it has " + bytes);
    }
    return known;
  }

  /** A chunk that no other artifact shares. */
  public int ownChunk(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a chunk cannot have " + bytes + " bytes");
    }
    return addChunk(bytes);
  }

  private int addChunk(long bytes) {
    if (chunks == chunkBytes.length) {
      chunkBytes = Arrays.copyOf(chunkBytes, 2 * chunks);
    }
    // No set of artifacts can be larger.
    allBytes = Math.addExact(allBytes, bytes);
    chunkBytes[chunks] = bytes;
    return chunks++;
  }

  /**
   * Adds a vertex that no run counted yet.
   *
   * @param computeNanosByClass for each device class what was measured, or {@link #UNMEASURED}
   * @param inputs numbers of earlier vertices
   * @param artifactChunks numbers of chunks, a repeated one counts once; none for a value that
   *     cannot be stored
   * @return its number
   */
  public int add(long[] computeNanosByClass, int[] inputs, int[] artifactChunks) {
    for (int input : inputs) {
      if (input < 0 || input >= size) {
        throw new IllegalArgumentException(
            "vertex " + size + " cannot have input " + input + ": inputs are added first");
      }
    }
    for (int chunk : artifactChunks) {
      if (chunk < 0 || chunk >= chunks) {
        throw new IllegalArgumentException("no chunk " + chunk + " among " + chunks);
      }
    }
    long cost = expectedNanos(computeNanosByClass);
    account(0, cost);
    int vertex = size++;
    grow();
    computeNanos[vertex] = cost;
    isStorable[vertex] = artifactChunks.length > 0;
    this.inputs = append(this.inputs, inputStart, vertex, inputs);
    chunkOf = append(chunkOf, chunkStart, vertex, artifactChunks);
    for (int at = chunkStart[vertex]; at < chunkStart[vertex + 1]; at++) {
      bytes[vertex] += chunkBytes[chunkOf[at]];
    }
    return vertex;
  }

  private static int[] append(int[] all, int[] start, int vertex, int[] more) {
    int[] distinct = Arrays.stream(more).distinct().toArray();
    int end = start[vertex] + distinct.length;
    int[] longer = end <= all.length ? all : Arrays.copyOf(all, Math.max(end, 2 * all.length));
    System.arraycopy(distinct, 0, longer, start[vertex], distinct.length);
    start[vertex + 1] = end;
    return longer;
  }

  private void grow() {
    if (size > computeNanos.length) {
      int capacity = 2 * computeNanos.length;
      computeNanos = Arrays.copyOf(computeNanos, capacity);
      bytes = Arrays.copyOf(bytes, capacity);
      isStorable = Arrays.copyOf(isStorable, capacity);
      frequency = Arrays.copyOf(frequency, capacity);
      potential = Arrays.copyOf(potential, capacity);
      inputStart = Arrays.copyOf(inputStart, capacity + 1);
      chunkStart = Arrays.copyOf(chunkStart, capacity + 1);
    }
  }

  /** The mean over measured classes by their shares; the dearest where none of them has a share. */
  private long expectedNanos(long[] byClass) {
    if (byClass.length != classShares.length) {
      throw new IllegalArgumentException(
          "expected a cost for each of "
              + classShares.length
              + " classes, found "
              + byClass.length);
    }
    double sum = 0;
    double shares = 0;
    long dearest = UNMEASURED;
    for (int at = 0; at < byClass.length; at++) {
      if (byClass[at] < UNMEASURED) {
        throw new IllegalArgumentException("a cost must not be negative, found " + byClass[at]);
      }
      if (byClass[at] != UNMEASURED) {
        dearest = Math.max(dearest, byClass[at]);
        sum += classShares[at] * byClass[at];
        shares += classShares[at];
      }
    }
    if (dearest == UNMEASURED) {
      throw new IllegalArgumentException("no device class has a measured cost");
    }
    return shares > 0 ? Math.round(sum / shares) : dearest;
  }

  private void account(long earlier, long now) {
    if (now > PlanGraph.LARGEST_TOTAL - (totalNanos - earlier)) {
      throw new IllegalArgumentException(
          "a cost of " + now + " ns brings all costs to more than " + PlanGraph.LARGEST_TOTAL);
    }
    totalNanos += now - earlier;
  }

  /** Counts occurrences in runs: 1 when one is merged; less or negative to let old ones fade. */
  public void count(int vertex, double times) {
    check(vertex);
    double sum = frequency[vertex] + times;
    requireQuantity("frequency", sum);
    frequency[vertex] = sum;
  }

  /** Replaces what computing costs. */
  public void recost(int vertex, long... computeNanosByClass) {
    check(vertex);
    long cost = expectedNanos(computeNanosByClass);
    account(computeNanos[vertex], cost);
    computeNanos[vertex] = cost;
    recreation.forgetFrom(vertex);
  }

  /** Says how good a model the vertex is; worse than what it had before changes nothing. */
  public void score(int vertex, double quality) {
    check(vertex);
    requireQuantity("quality", quality);
    int[] stack = new int[16];
    int depth = 0;
    stack[depth++] = vertex;
    while (depth > 0) {
      int improved = stack[--depth];
      if (potential[improved] >= quality) {
        continue;
      }
      potential[improved] = quality;
      int degree = inputStart[improved + 1] - inputStart[improved];
      if (depth + degree > stack.length) {
        stack = Arrays.copyOf(stack, Math.max(depth + degree, 2 * stack.length));
      }
      System.arraycopy(inputs, inputStart[improved], stack, depth, degree);
      depth += degree;
    }
  }

  private void check(int vertex) {
    if (vertex < 0 || vertex >= size) {
      throw new IndexOutOfBoundsException("no vertex " + vertex + " among " + size);
    }
  }

  /** How many vertices there are. */
  public int size() {
    return size;
  }

  /** What computing costs, inputs given, on the device classes to be expected. */
  public long computeNanos(int vertex) {
    return computeNanos[vertex];
  }

  /** What computing costs if nothing is kept, every ancestor once. */
  public long recreationNanos(int vertex) {
    check(vertex);
    return recreation.nanos(vertex);
  }

  /** What loading the artifact would cost. */
  public long loadNanos(int vertex) {
    return loadCost.nanos(bytes[vertex]);
  }

  /** Size of the artifact, all chunks. */
  public long bytes(int vertex) {
    return bytes[vertex];
  }

  /** How often runs had it. */
  public double frequency(int vertex) {
    return frequency[vertex];
  }

  /** Quality of the best model that was made from it, 0 if none was. */
  public double potential(int vertex) {
    return potential[vertex];
  }

  /** Whether keeping it can pay: it can be stored, and loading is cheaper than recreating. */
  public boolean isCandidate(int vertex) {
    return isStorable[vertex] && loadNanos(vertex) < recreationNanos(vertex);
  }

  int chunkCount() {
    return chunks;
  }

  long chunkBytes(int chunk) {
    return chunkBytes[chunk];
  }

  /** Chunks of a vertex end where those of the next start. */
  int firstChunk(int vertex) {
    return chunkStart[vertex];
  }

  int chunkAt(int position) {
    return chunkOf[position];
  }

  /** Edges of a vertex end where those of the next start. */
  int firstEdge(int vertex) {
    return inputStart[vertex];
  }

  int edgeInput(int edge) {
    return inputs[edge];
  }
}
