namespace Nightwatch.Domain.Queries.Translation.Language;

/// <summary>The words for what the asker wants done, and those that mean nothing to us but must not be taken for a slip.</summary>
internal static class LexiconSpeech
{
    /// <summary>What is wanted. The intent, the statistic and the form of the answer are read from these.</summary>
    public const string Wanted = """
        rate = rate|rates|per second|per sec|a second|/s|each second|frequency
        ratio = ratio|percentage|percent|%|share|fraction|proportion|pct|how close|close to its|close to their|near its limit|near their limit|relative to its limit|relative to limit|vs limit|versus limit|vs limits|against its limit|of its limit|of their limit|compared to its limit
        bytes = bytes|mb|gb|megabytes|gigabytes|kilobytes|mib|gib|in bytes
        usage = usage|use|used|using|utilization|utilisation|consumption|consume|consuming|consumed|eating|busy|utilized|occupied|footprint
        free = free|left|available|remaining|remain|remains|spare|unused|headroom
        capacity = capacity|limit|limits|maximum capacity|total|size|overall size|how big|how large|near its limit|near their limit|relative to its limit|relative to limit|vs limit|versus limit|vs limits|against its limit|of its limit|of their limit|compared to its limit
        average = average|avg|mean|averaged|on average|typical
        maximum = max|maximum|peak|highest|worst|largest|peaked|biggest value
        minimum = min|minimum|lowest|smallest|least
        sum = sum|in total|altogether|combined|total number|summed
        median = median|p50
        percentile = percentile|percentiles|quantile|pct
        overall = across all|across the whole|across our|overall|cluster wide|clusterwide|cluster-wide|fleet|fleet wide|for the whole
        days = how many days|in days|number of days|days until
        hours = how many hours|in hours|number of hours|hours until
        minutes = how many minutes|in minutes|number of minutes|minutes until
        code = status code|status codes|http status|response code|response codes|http code|http codes|return code
        stddev = standard deviation|stddev|variance
        often = how often|how many times
        count = how many|number of|count|counts|how often|count of|how many times|amount of|no of|occurrences|quantity
        top = top|most|slowest|fastest|biggest|heaviest|worst offenders|hungriest|largest consumers|greediest|noisiest|busiest|fullest|hottest|oldest|what eating|what is eating|what using|what is using|what consuming|what is consuming|who is using|hog|hogs|hogging
        bottom = bottom|fewest|least|emptiest|quietest|newest
        which = which|who|wich|whcih|what services|what pods
        trend = trend|trends|trending|over time|graph|chart|plot|history|timeline|time series|timeseries|evolution|evolve|evolved|develop|developed|develops|curve|progression|visualize|visualise|historical|growth|growing|grow|grown|increasing|decreasing|changed over|shrinking|rising|going up|going down|climbing|spiking
        compare = compare|comparison|compared|versus|vs|vs.|difference|differ|against|relative to|than|between the two|comparing|delta
        forecast = when will|predict|prediction|forecast|run out|runs out|running out|will fill|fill up|fills up|be full|get full|gets full|will exhaust|project|projected|how long until|days until|will be full|how soon|expected to|last until|be exhausted
        full = full|filled|fill|filling|fullest|emptiest
        logs = log|logs|logline|loglines|log line|log lines|log entries|log entry|logged|logging|log messages|entries|entry|stack trace|stacktrace|traceback|log file|syslog|log records|message contains
        lines = lines|line
        contains = containing|contains|contain|mention|mentions|mentioning|matching|with text|saying|with the text|that say|including|include|includes
        find = find|search|grep|look for|show|show me|list|display|give|give me|get|fetch|tail|pull|print|retrieve|see
        events = event|events
        created = created|occurred|happened|generated|emitted|raised|recorded|produced events
        level = level|levels|severity|log level|by level
        warninglevel = warning|warnings|warn|warns
        health = healthy|health|ok|okay|alright|fine|unhealthy|status|doing well|how is|sick|in trouble|problem|problems|issues|issue|wrong|working|stable|broken|broke|breaks|trouble|troubles|struggling|summary|overview|anomaly|anomalies|performing|performance|overloaded|overload|under load|stressed|suffering|glitch|hiccup|in shape|in good shape
        impact = impact|impacted|how bad|how severe|how serious|effect of|effects of|affected|affect|hit by|suffer|suffered|influence|damage|consequences|hurt|harmed
        blast = blast radius|blast|radius|spread|propagated|knock-on|knock on|downstream effect
        incident = incident|incidents|outage|outages|postmortem
        baseline = baseline|normal|usual|usually|normally|before that|ordinary
        alerts = alert|alerts|alarm|alarms|firing|fired|fires|alerting|paged|pages|notification|alertmanager|triggered
        dashboards = dashboard|dashboards|panel|panels|grafana board|grafana dashboard|board
        changes = what changed|there a deployment|a deployment|there any deployment|there any release|new deployment|new deployments|recent deployment|recent deployments|a release|new release|new releases|recent release|recent releases|a rollout|changed|changes|change|deployed|rollout|rollouts|deploys|what was deployed|config change|modified|what is new|what's new|deploy
        why = why|reason|root cause|cause|caused|because of what|explain|culprit|what makes|diagnose
        howto = how do i|how can i|how to|how should i|what does|what is a|what is an|what are the steps|explain how|tutorial|documentation|docs|guide|runbook|meaning of|what do i do|how would i|best practice|what steps
        does = mean|means|definition|stand for
        greeting = hello|hi|hey|good morning|good evening|good afternoon|greetings|howdy|hiya|yo
        thanks = thanks|thank you|thx|cheers|great job|well done|nice work|appreciate it|bye|goodbye|see you|cool|awesome
        self = who are you|what can you do|help me|your name|are you a bot|how are you|what are you|are you human
        off = weather|joke|recipe|football|soccer|poem|movie|song|president|stock price|bitcoin|cook|dinner|lunch|vacation|holiday|translate|capital of|song lyrics|story|horoscope|lottery|essay|flight|hotel|restaurant|politics|election|birthday|novel|haiku
        per = per|by|grouped by|group by|broken down by|for each|each|split by|breakdown|broken down|distribution|distribution of|across
        unique = unique|distinct|different
        threshold = above|over|more than|greater than|exceed|exceeds|exceeding|exceeded|higher than|at least|below|under|less than|fewer than|lower than|at most|beyond
        followup = and|what about|how about|same for|same|also|same thing|and for|now for|instead|the same
        """;

    /// <summary>Common words that no concept hides behind.</summary>
    public const string Plain = """
        a about after again all am among an any are as ask at away back be became because been before begin being best better big both but by came can cannot case
        check code could current currently data day days did do does doing done don't during either else end ending enough ever every example exactly far few find first five following for
        form four from full fun further gave general get give given go goes going good got great group had half handle happen happening has have having he her here high him his hot hour hours how
        however i i'd i'm if in information inside into is isn't it it's its itself just keep kind know known large late later latest less let like little local long look looking lot low
        made main make makes many may maybe me mean might mine minute minutes moment month months more morning much must my name names near need needs never new next night no none nor not
        now number of off often on once one only open or other our out over own part particular past people please point possible pretty put quick quite rather real really recent recently related
        right said same saw say second seconds seem seems seen set several shall she should side simple since small so some something soon specific start started still stop
        such sure system take tell ten test than that that's the their them then there there's these they thing things think this those three through till time times to today together too toward
        tried try turn two type under until unto up upon us very via want wants was wasn't way we week weeks well were weren't what what's whatever where whether while whole will with within without
        worse won't sorted sort rank ranked ordered spend spent spending word work world would yes yesterday yet you your yours zero last previous ago between whenever prod production staging dev value values item entire entirely information
        particularly right-now asap please pls pl kindly hi there everything anything nothing someone anyone everyone state states stats statistics metric metrics measurement measurements figure figures
        """;

    /// <summary>Words that name things of the asker's, which metrics, labels and log lines may be called after; they are no slips either.</summary>
    public const string Ordinary = """
        result results resulted issue issued retry retries brute force
        source destination target attempt attempts attempted user root address ip port block blocks file files content contents reason reasons
        attack attacks password passwords username usernames login logins successful success successfully most least top list time taken across exceeded allowed encountered
        operation operations during experienced tenant order orders payment payments checkout cart shop frontend catalog product products account accounts auth search email mail
        """;
}
