"use strict";

(() => {
  const config = JSON.parse(document.getElementById("hub-config").textContent);

  // Work survives a reload but not the browser tab, for the headers hold keys. The prefix is the
  // examples' digest: when the examples or their demo keys change, everyone starts from the new ones.
  const prefix = `hub:${config.version}:`;
  const storage = {
    getItem: (name) => sessionStorage.getItem(prefix + name),
    setItem: (name, value) => sessionStorage.setItem(prefix + name, value),
    removeItem: (name) => sessionStorage.removeItem(prefix + name),
    clear: () => sessionStorage.clear(),
    get length() { return sessionStorage.length; },
  };

  // GraphiQL fills the editors of the tab it opens with from these three names, not from its tabs: unless
  // they agree, the first example is asked without its headers, and a reload adds a tab without them.
  const kept = JSON.parse(storage.getItem("graphiql:tabState"));
  const opening = kept ? kept.tabs[kept.activeTabIndex] : config.tabs[0];
  for (const name of ["query", "variables", "headers"]) {
    storage.setItem(`graphiql:${name}`, opening?.[name] ?? "");
  }

  async function ask(operation, { headers = {} } = {}) {
    const answer = await fetch(config.endpoint, {
      method: "POST",
      credentials: "same-origin",
      headers: {
        accept: "application/graphql-response+json, application/json;q=0.9",
        ...headers,
        "content-type": "application/json",
      },
      body: JSON.stringify(operation),
    });
    const text = await answer.text();
    try {
      return JSON.parse(text);
    } catch {
      return { errors: [{ message: `HTTP ${answer.status}: ${text.slice(0, 500)}` }] };
    }
  }

  function Page() {
    const [query, setQuery] = React.useState(
      () => storage.getItem("graphiql:query") || config.welcome,
    );
    const builder = GraphiQLPluginExplorer.useExplorerPlugin({ query, onEdit: setQuery });
    return React.createElement(GraphiQL, {
      fetcher: ask,
      storage,
      query,
      onEditQuery: setQuery,
      plugins: [builder],
      defaultTabs: config.tabs.length ? config.tabs : undefined,
      defaultQuery: config.welcome,
      defaultEditorToolsVisibility: "headers",
      shouldPersistHeaders: true,
      showPersistHeadersSettings: false,
    });
  }

  document.getElementById("hub-reset").addEventListener("click", () => {
    storage.clear();
    // GraphiQL saves its tabs half a second late; leaving at once would bring the old ones back.
    storage.setItem = () => {};
    location.reload();
  });

  ReactDOM.render(React.createElement(Page), document.getElementById("hub-graphiql"));
})();
