package dev.reprise.store.plan;

import java.util.Arrays;

/**
 * The exact minimum, by a minimum cut (project selection; HELIX, Xin et al., PVLDB 2018, section 5,
 * shows that planning reduces to it).
 *
 * <p>Operation i has two nodes, <i>present</i> A and <i>computed</i> B. What is on the sink's side
 * is so; an arc from the other side to the sink's side is paid:
 *
 * <pre>
 *   cost of computing i: source --c(i)--> B(i)
 *   cost of loading i:     B(i) --l(i)--> A(i)     present though not computed
 *   input j of i:          A(j) --inf---> B(i)     computed, so its input is present
 *   wanted w:              A(w) --inf---> sink
 * </pre>
 *
 * <p>A and B are one node where nothing can be loaded, and the sink is every node that must be on
 * its side. The sink's side is the smallest of all minimum cuts: it is unique, so the plan follows
 * from the graph alone, and of two plans of equal cost the one that touches fewer operations is
 * chosen; in particular loading is preferred to computing.
 *
 * <p>Two bounds decide most operations before any flow: what loads for no more than its own
 * operation costs is never computed, and what loads for more than everything below it costs is
 * never loaded.
 *
 * <p>Planning the same graph again starts from the flow of last time, cut down where costs fell or
 * wants were taken back, and costs what has changed plus a pass over the operations between what is
 * wanted and what is at hand.
 *
 * <p>Not safe for several threads. One planner serves one graph at a time.
 */
public final class MinCutPlanner implements Planner {
  private static final byte REACHED = 1;
  private static final byte FORCED = 2;

  /** For {@link #present} and {@link #computed}. */
  private static final int NO_NODE = -1;

  private final PushRelabel network = new PushRelabel();
  private PlanGraph planned;

  /** Flow from B to A by operation, and from A to B by edge, of the last plan. */
  private long[] loadFlow = new long[0];

  private long[] edgeFlow = new long[0];

  /** Bounds of what a value costs, and what loading it costs where that is worth a thought. */
  private long[] costNanos = new long[0];

  private long[] loadNanos = new long[0];

  private byte[] mark = new byte[0];

  /** Marked operations, descending. */
  private int[] reached = new int[0];

  /** Nodes of the network by operation. */
  private int[] present = new int[0];

  private int[] computed = new int[0];

  /** Arcs of the network by operation and by edge. */
  private int[] loadArc = new int[0];

  private int[] edgeArc = new int[0];

  /** What has come to A and is not passed on yet. */
  private long[] left = new long[0];

  @Override
  public Plan plan(PlanGraph graph) {
    prepare(graph);
    int count = reach(graph);
    bound(graph, count);
    force(graph, count);
    network.clear();
    for (int at = count - 1; at >= 0; at--) {
      enter(graph, reached[at]);
    }
    for (int at = 0; at < count; at++) {
      leaveExcess(reached[at]);
    }
    network.run();
    Plan.Builder plan = new Plan.Builder(graph);
    for (int at = 0; at < count; at++) {
      decide(graph, reached[at], plan);
    }
    for (int at = 0; at < count; at++) {
      keepFlow(graph, reached[at]);
    }
    return plan.build();
  }

  private void prepare(PlanGraph graph) {
    if (planned != graph) {
      planned = graph;
      Arrays.fill(loadFlow, Long.MAX_VALUE);
      Arrays.fill(edgeFlow, Long.MAX_VALUE);
    }
    int size = graph.size();
    if (mark.length < size) {
      int capacity = Math.max(size, 2 * mark.length);
      loadFlow = extend(loadFlow, capacity);
      mark = new byte[capacity];
      reached = new int[capacity];
      present = new int[capacity];
      computed = new int[capacity];
      loadArc = new int[capacity];
      left = new long[capacity];
      costNanos = new long[capacity];
      loadNanos = new long[capacity];
    }
    int edges = graph.firstEdge(size);
    if (edgeFlow.length < edges) {
      int capacity = Math.max(edges, 2 * edgeFlow.length);
      edgeFlow = extend(edgeFlow, capacity);
      edgeArc = new int[capacity];
    }
  }

  private static long[] extend(long[] flow, int capacity) {
    long[] longer = Arrays.copyOf(flow, capacity);
    Arrays.fill(longer, flow.length, capacity, Long.MAX_VALUE);
    return longer;
  }

  /** Marks what a plan may touch; how many operations that are. */
  private int reach(PlanGraph graph) {
    int pending = graph.wantedCount();
    int node = -1;
    for (int position = 0; position < pending; position++) {
      mark[graph.wanted(position)] = FORCED;
      node = Math.max(node, graph.wanted(position));
    }
    int count = 0;
    for (; pending > 0; node--) {
      if (mark[node] == 0) {
        continue;
      }
      reached[count++] = node;
      pending--;
      if (isOnlyLoaded(graph, node)) {
        continue;
      }
      for (int edge = graph.firstEdge(node); edge < graph.firstEdge(node + 1); edge++) {
        int input = graph.edgeInput(edge);
        if (mark[input] == 0) {
          pending++;
          mark[input] = REACHED;
        }
      }
    }
    return count;
  }

  /** Loading costs no more than the operation, even if all inputs are there. */
  private static boolean isOnlyLoaded(PlanGraph graph, int node) {
    return graph.loadNanos(node) <= graph.computeNanos(node);
  }

  /**
   * Bounds from above what a value costs that is not there, whatever else is: all at most once, or
   * as the linear pass has it. What costs more to load is only computed.
   */
  private void bound(PlanGraph graph, int count) {
    long all = 0;
    for (int at = count - 1; at >= 0; at--) {
      int node = reached[at];
      long load = graph.loadNanos(node);
      if (isOnlyLoaded(graph, node)) {
        all += load;
        costNanos[node] = load;
        loadNanos[node] = load;
        continue;
      }
      long compute = graph.computeNanos(node);
      all += compute;
      for (int edge = graph.firstEdge(node); edge < graph.firstEdge(node + 1); edge++) {
        compute = Math.min(compute + costNanos[graph.edgeInput(edge)], all);
      }
      costNanos[node] = Math.min(load, compute);
      loadNanos[node] = load > compute ? PlanGraph.NO_ARTIFACT : load;
    }
  }

  /** Marks what is certainly loaded or computed. */
  private void force(PlanGraph graph, int count) {
    for (int at = 0; at < count; at++) {
      int node = reached[at];
      if (isSink(node)) {
        for (int edge = graph.firstEdge(node); edge < graph.firstEdge(node + 1); edge++) {
          mark[graph.edgeInput(edge)] = FORCED;
        }
      }
    }
  }

  /** Whether the operation cannot but be computed. */
  private boolean isSink(int node) {
    return mark[node] == FORCED && loadNanos[node] == PlanGraph.NO_ARTIFACT;
  }

  /** Gives an operation its nodes and arcs; its inputs have theirs. */
  private void enter(PlanGraph graph, int node) {
    long load = loadNanos[node];
    boolean isForced = mark[node] == FORCED;
    boolean isOnlyLoaded = isOnlyLoaded(graph, node);
    loadArc[node] = NO_NODE;
    present[node] = NO_NODE;
    computed[node] = NO_NODE;
    if (load == 0 || isForced && (isOnlyLoaded || load == PlanGraph.NO_ARTIFACT)) {
      // At hand, so nobody pays for it; or decided. Its edges carry nothing.
      return;
    }
    if (isOnlyLoaded) {
      present[node] = network.addNode(0);
      left[node] = load;
      return;
    }
    computed[node] = network.addNode(0);
    long compute = graph.computeNanos(node);
    // More than loading costs cannot pass; others may let it.
    long most = load == PlanGraph.NO_ARTIFACT ? PushRelabel.UNBOUNDED : load - compute;
    long in = compute + takeFromInputs(graph, node, most);
    if (load == PlanGraph.NO_ARTIFACT) {
      present[node] = computed[node];
      left[node] = in;
      return;
    }
    if (!isForced) {
      present[node] = network.addNode(0);
    }
    long flow = Math.min(in, Math.min(load, loadFlow[node]));
    int target = isForced ? PushRelabel.SINK : present[node];
    loadArc[node] = network.addArc(computed[node], target, load, flow);
    network.setExcess(computed[node], in - flow);
    left[node] = flow;
  }

  private long takeFromInputs(PlanGraph graph, int node, long most) {
    long taken = 0;
    for (int edge = graph.firstEdge(node); edge < graph.firstEdge(node + 1); edge++) {
      int input = graph.edgeInput(edge);
      edgeArc[edge] = NO_NODE;
      if (present[input] != NO_NODE) {
        long flow = Math.min(most - taken, Math.min(edgeFlow[edge], left[input]));
        left[input] -= flow;
        taken += flow;
        edgeArc[edge] = network.addArc(present[input], computed[node], PushRelabel.UNBOUNDED, flow);
      }
    }
    return taken;
  }

  private void leaveExcess(int node) {
    if (present[node] != NO_NODE) {
      network.setExcess(present[node], left[node]);
    }
  }

  private void decide(PlanGraph graph, int node, Plan.Builder plan) {
    boolean isPresent =
        mark[node] == FORCED || present[node] != NO_NODE && network.reachesSink(present[node]);
    if (!isPresent) {
      return;
    }
    boolean isComputed =
        computed[node] == NO_NODE
            ? !isOnlyLoaded(graph, node)
            : network.reachesSink(computed[node]);
    if (isComputed) {
      compute(graph, node, plan);
    } else {
      plan.load(node);
    }
  }

  private void compute(PlanGraph graph, int node, Plan.Builder plan) {
    plan.compute(node);
    for (int edge = graph.firstEdge(node); edge < graph.firstEdge(node + 1); edge++) {
      mark[graph.edgeInput(edge)] = FORCED;
    }
  }

  private void keepFlow(PlanGraph graph, int node) {
    mark[node] = 0;
    loadFlow[node] = loadArc[node] == NO_NODE ? 0 : network.flow(loadArc[node]);
    boolean hasArcs = computed[node] != NO_NODE;
    for (int edge = graph.firstEdge(node); edge < graph.firstEdge(node + 1); edge++) {
      edgeFlow[edge] = hasArcs && edgeArc[edge] != NO_NODE ? network.flow(edgeArc[edge]) : 0;
    }
  }
}
